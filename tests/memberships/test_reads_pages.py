"""The pages of lists, files, transitions, retention and overlaps."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import now
from memberships.models import CustomerList, Delta, Export, Snapshot
from memberships.rules.set_expressions import added, parsed, parts_of, text_of, without
from memberships.services.export_writing import write_export

pytestmark = pytest.mark.django_db


def page(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:800]
    text: str = answer.content.decode()
    return text


@pytest.mark.parametrize(
    ("text", "join", "expected"),
    [
        ("", "and", "x"),
        ("a", "and", "a AND x"),
        ("a AND b", "and", "a AND b AND x"),
        ("a AND NOT b", "and", "a AND x AND NOT b"),
        ("a AND NOT b", "not", "a AND NOT b AND NOT x"),
        ("a OR b", "not", "(a OR b) AND NOT x"),
        ("a OR b", "or", "a OR b OR x"),
    ],
)
def test_chips__added_and_taken_out__give_the_expression(text: str, join: str, expected: str) -> None:
    tree = parsed(text) if text else None
    more = added(tree, join, "x")
    assert text_of(more) == expected
    place = next(place for place, (_, part) in enumerate(parts_of(more)) if part == "x")
    left = without(more, place)
    assert (text_of(left) if left else "") == text.replace("(", "").replace(")", "")
    assert without(parsed("a AND NOT b"), 0) is None


def test_lists__composed_kept_compared_and_discarded__by_pages(computed: SimpleNamespace, client_of: Any) -> None:
    rep, viewer = client_of(computed.rep), client_of(computed.viewer)
    assert "No list yet" in page(rep, "/lists/") and "not open to you" in page(viewer, "/lists/", 403)
    asked = {"expression": "households", "segment": "anchors", "join": "not", "at": "", "name": "Half", "note": ""}
    composer = rep.post("/lists/compose/", asked, headers={"HX-Target": "composer"}).content.decode()
    assert 'value="households AND NOT anchors"' in composer and ">8<" in composer and 'value="Half"' not in composer
    count = rep.post(
        "/lists/compose/", {"expression": "anchors AND"}, headers={"HX-Target": "list-found"}
    ).content.decode()
    assert "Not counted" in count and "composer__text" not in count
    masked = viewer.post(
        "/lists/compose/", {"expression": "anchors"}, headers={"HX-Target": "list-found"}
    ).content.decode()
    assert "fewer than 5" in masked and ">3<" not in masked
    assert "count, not keep" in page(viewer, "/lists/new/?expression=anchors")
    assert rep.post("/lists/new/", {"expression": "zebra", "name": "Z"}).status_code == 422

    kept = rep.post("/lists/new/", {"expression": "anchors AND NOT anchor-families", "name": "Big <b>ones</b>"})
    found = CustomerList.objects.get()
    assert kept["Location"] == f"/lists/{found.pk}/"
    text = page(rep, kept["Location"])
    assert "hh-09</bdi>" in text and "Big &lt;b&gt;ones" in text and f"/runs/{computed.first_run.pk}/" in text
    anew = rep.post(f"{kept['Location']}anew/")
    assert "Only in this one" in page(rep, anew["Location"])
    assert page(viewer, kept["Location"], 403)
    assert "leave the list" in text and "aria-disabled" in page(client_of(computed.owner), kept["Location"])
    rep.post(f"{kept['Location']}discard/")
    assert "Bring it back" in page(rep, kept["Location"])
    assert "Discarded" not in page(rep, "/lists/").replace("discarded", "") and "Discarded" in page(
        rep, "/lists/?discarded=1"
    )
    rep.post(f"{kept['Location']}restore/")
    assert "hh-09</bdi>" in page(rep, kept["Location"])


def test_files__asked_for_followed_and_taken__by_pages(
    computed: SimpleNamespace, client_of: Any, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    rep = client_of(computed.rep)
    assert "No file yet" in page(rep, "/exports/")
    form = page(rep, "/exports/new/?of=members&segment=anchors")
    assert "Has children" in form and "Household note" not in form
    assert "Has children" not in page(client_of(computed.owner), "/exports/new/?of=members&segment=anchors")
    page(client_of(computed.viewer), "/exports/new/?of=members&segment=anchors", 403)
    asked = {"of": "members", "segment": "anchors", "format": "csv", "columns": ["spend_365d"]}
    assert rep.post("/exports/new/", {**asked, "columns": ["household_note"]}).status_code == 422
    assert rep.post("/exports/new/", asked)["Location"] == "/exports/"
    export = Export.objects.get()
    assert "every 2s" in page(rep, "/exports/")
    write_export(export.pk)
    assert rep.get(f"/exports/{export.pk}/progress/")["HX-Refresh"] == "true"
    assert f"/exports/{export.pk}/file/" in page(rep, "/exports/")
    answer = rep.get(f"/exports/{export.pk}/file/")
    assert b"".join(answer.streaming_content) == b"external_id,spend_365d\r\nhh-01,5200\r\nhh-02,3100\r\nhh-09,3000\r\n"
    assert client_of(computed.steward).get(f"/exports/{export.pk}/file/").status_code == 404
    rep.post("/exports/new/", {**asked, "of": "changes", "since": "2026-01-01T00:00"})
    other = Export.objects.get(state="queued")
    rep.post(f"/exports/{other.pk}/cancel/")
    assert "Try again" in page(rep, "/exports/")
    rep.post(f"/exports/{other.pk}/retry/")
    assert Export.objects.get(pk=other.pk).state == "queued"


def test_analyses__transitions_retention_overlaps__by_pages(computed: SimpleNamespace, client_of: Any) -> None:
    for rows in (Snapshot, Delta):
        rows.objects.update(published_at=now() - timedelta(days=40))
    rep, viewer = client_of(computed.rep), client_of(computed.viewer)
    table = page(rep, "/transitions/?family=households")
    assert "Anchor households" in table and '<strong class="num">11</strong> stayed' in table
    assert "row=occasional&amp;column=occasional" in table
    then = f"{now() - timedelta(days=1):%Y-%m-%dT%H:%M}"
    who = f"/transitions/customers/?family=households&from={then}&row=occasional&column=occasional"
    assert "hh-07</bdi>" in page(rep, who) and "not open to you" in page(viewer, who, 403)
    assert "transitions/customers" not in page(viewer, "/transitions/?family=households")
    assert "had not been computed" in page(rep, "/transitions/?from=2020-01-01T00:00")
    page(rep, "/transitions/?from=never", 422)

    grid = page(rep, "/segments/anchors/retention/")
    assert "Before counting began" in grid and "100 %" in grid and 'aria-label="Analyse"' in grid
    assert "fewer than 5" in page(viewer, "/segments/anchors/retention/?period=week")
    assert "Each pair" in page(rep, "/overlaps/") and "/segments/anchor-families/overlap/anchors/" in page(
        rep, "/overlaps/"
    )
    masked = page(viewer, "/overlaps/?family=households")
    assert "fewer than 5" in masked and "/overlap/" not in masked
