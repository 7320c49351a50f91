"""Lists, files and analyses for client programs: shapes, rights, refusals."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from common.clock import now
from customers.models import Customer
from memberships.models import Current, Delta, Snapshot
from memberships.selectors import freshness
from memberships.services.export_writing import write_export
from tests.factories.grocer import MEMBERS

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture(autouse=True)
def _fresh(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    monkeypatch.setattr(freshness, "KEPT_SECONDS", 0.0)


def post(api: Client, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = api.post(path, body, content_type=JSON)
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_lists__counted_kept_read_compared_and_discarded(computed: SimpleNamespace, api_of: Any) -> None:
    rep, viewer = api_of(computed.rep), api_of(computed.viewer)
    asked = {"expression": "households AND NOT occasional"}
    counted = post(rep, "/api/v1/lists/count/", asked)
    assert (counted["count"], counted["exact"], counted["text"]) == (7, True, "households AND NOT occasional")
    assert counted["grounds"][0]["run"] == computed.first_run.pk
    assert post(viewer, "/api/v1/lists/count/", asked)["count"] == 10
    refused = post(rep, "/api/v1/lists/count/", {"expression": {"op": "xor", "of": ["a", "b"]}}, 400)
    assert refused["errors"][0]["code"] == "bad_expression"

    kept = post(rep, "/api/v1/lists/", {**asked, "name": "Steady"}, 201)
    assert kept["size"] == 7 and kept["grounds"][1]["size"] == 4 and kept["expression"]["op"] == "difference"
    address = f"/api/v1/lists/{kept['id']}/"
    first = rep.get(f"{address}members/?limit=5").json()
    second = rep.get(first["next"]).json()
    assert first["results"] + second["results"] == [k for k in MEMBERS["households"] if k not in MEMBERS["occasional"]]
    assert (first["total"], second["next"], first["fresh_within"]) == (7, None, None)
    anew = post(rep, f"{address}anew/", {}, 201)
    assert rep.get(f"{address}compare/{anew['id']}/").json() == {"both": 7, "only_first": 0, "only_second": 0}
    assert [each["id"] for each in rep.get("/api/v1/lists/").json()["results"]] == [anew["id"], kept["id"]]

    assert viewer.get(address).status_code == 403 and viewer.get("/api/v1/lists/").json()["results"] == []
    post(viewer, "/api/v1/lists/", {**asked, "name": "Mine"}, 403)
    assert api_of(computed.owner).delete(address).status_code == 403
    assert rep.delete(address).status_code == 204
    assert rep.get(f"{address}members/").status_code == 409
    assert rep.get(address).json()["size"] == 0
    assert post(rep, f"{address}restore/", {})["size"] == 7
    assert rep.get("/api/v1/lists/999999/").status_code == 404


def test_exports__asked_for_written_and_taken_in_parts(computed: SimpleNamespace, api_of: Any) -> None:
    rep = api_of(computed.rep)
    body = {"of": "members", "segment": "households", "format": "csv", "columns": ["orders_90d"]}
    answer = rep.post("/api/v1/exports/", body, content_type=JSON)
    assert answer.status_code == 202
    job = answer.json()
    assert answer["Location"].endswith(f"/api/v1/exports/{job['id']}/")
    address = f"/api/v1/exports/{job['id']}/"
    assert (job["state"], job["total"], job["url"]) == ("queued", 11, None)
    assert rep.get(f"{address}file/").status_code == 409
    write_export(job["id"])
    done = rep.get(address).json()
    assert (done["state"], done["done"], done["url"]) == ("done", 11, f"{address}file/")
    whole = rep.get(done["url"])
    content = b"".join(whole.streaming_content)
    assert (
        whole["Content-Disposition"]
        == f'attachment; filename="households-members-version-1-run-{done["stamp"]["run"]}.csv"'
    )
    assert len(content) == done["bytes"] and content.startswith(b"external_id,orders_90d\r\nhh-01,20\r\n")
    for asked, begin, end in (("bytes=0-9", 0, 10), ("bytes=-5", -5, None), ("bytes=20-", 20, None)):
        part = rep.get(done["url"], headers={"Range": asked})
        assert part.status_code == 206 and b"".join(part.streaming_content) == content[begin:end]
        assert part["Content-Range"].endswith(f"/{len(content)}")
    assert rep.get(done["url"], headers={"Range": "bytes=99999-"}).status_code == 416
    odd = rep.get(done["url"], headers={"Range": "lines=1-2"})
    assert odd.status_code == 200

    steward = api_of(computed.steward)
    assert steward.get(done["url"]).status_code == 404 and steward.get("/api/v1/exports/").json()["results"] == []
    assert rep.get("/api/v1/exports/").json()["results"][0]["id"] == job["id"]
    post(api_of(computed.viewer), "/api/v1/exports/", body, 403)
    post(rep, "/api/v1/exports/", {**body, "columns": ["household_note"]}, 400)
    post(rep, "/api/v1/exports/", {**body, "segment": "zebra"}, 404)
    other = post(rep, "/api/v1/exports/", body, 202)
    assert post(rep, f"/api/v1/exports/{other['id']}/cancel/", {})["state"] == "cancelled"
    assert post(rep, f"/api/v1/exports/{other['id']}/retry/", {}, 202)["state"] == "queued"


def test_analyses__transitions_retention_overlaps__are_stamped(computed: SimpleNamespace, api_of: Any) -> None:
    for rows in (Snapshot, Delta):
        rows.objects.update(published_at=now() - timedelta(hours=2))
    rep, then = api_of(computed.rep), f"{now() - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    found = rep.get(f"/api/v1/transitions/?family=households&from={then}").json()
    rows = {row["state"]["key"]: [cell["count"] for cell in row["cells"]] for row in found["rows"]}
    assert rows == {
        "anchors": [3, 0, 0, 0],
        "occasional": [0, 4, 0, 0],
        "*rest": [0, 0, 4, 0],
        "*outside": [0, 0, 0, 0],
    }
    assert {each["run"] for each in found["grounds_from"] + found["grounds_to"]} == {computed.first_run.pk}
    cell = f"/api/v1/transitions/customers/?family=households&from={then}&row=*rest&column=*rest"
    page = rep.get(f"{cell}&limit=3").json()
    assert page["total"] == 4 and page["results"] == ["hh-03", "hh-04", "hh-10"]
    assert rep.get(page["next"]).json()["results"] == ["hh-11"]
    assert api_of(computed.viewer).get(cell).status_code == 403
    assert rep.get("/api/v1/transitions/?family=households").status_code == 400

    grid = rep.get("/api/v1/segments/anchors/retention/?period=week").json()
    assert (grid["version"], grid["run"], grid["exact"]) == (1, computed.first_run.pk, True)
    assert grid["cohorts"][0]["first"] and grid["cohorts"][0]["cells"][-1]["inside"] == 3
    assert rep.get("/api/v1/segments/anchors/retention/?period=day").status_code == 400

    overlaps = rep.get("/api/v1/overlaps/?segments=households,anchors").json()
    (pair,) = overlaps["pairs"]
    assert (pair["both"], pair["jaccard"], pair["relation"]) == (3, 3 / 11, "nested")
    assert overlaps["segments"][0]["owner"] and overlaps["population"] == 12


def test_answers__with_customers_waiting__say_how_old_they_can_be(computed: SimpleNamespace, api_of: Any) -> None:
    rep = api_of(computed.rep)
    newest = Customer.objects.order_by("-changed_seq").values_list("changed_seq", flat=True)[0]
    Current.objects.update(watermark=newest)
    members, mine = "/api/v1/segments/anchors/members/", "/api/v1/customers/hh-01/segments/"
    assert rep.get(members).json()["fresh_within"] == rep.get(mine).json()["fresh_within"] == 0
    long_ago = now() - timedelta(seconds=90)
    Customer.objects.filter(external_id="hh-05").update(changed_seq=newest + 1, arrived_at=long_ago)
    for address in (members, mine):
        assert 90 <= rep.get(address).json()["fresh_within"] <= 150
    assert post(rep, "/api/v1/lists/count/", {"expression": "anchors"})["fresh_within"] >= 90
    past = f"{now():%Y-%m-%dT%H:%M:%S.%fZ}"
    assert rep.get(f"{members}?at={past}").json()["fresh_within"] is None
