"""Files of members: what is in them, who gets them, and what becomes of them when a worker dies."""

import csv
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from accounts.models import RoleGrant
from common.clock import now
from common.errors import Invalid, NotAllowed
from common.exports import safe_cell
from customers.rows import typed_value
from customers.services.erasure import erase_customer
from customers.services.profiles import merge_customers_bulk
from ledger.models import Entry
from memberships.choices import ExportState
from memberships.errors import ExportNotFound, ExportNotReady, NotComputed, TooManyExports, UnknownColumn
from memberships.models import Export
from memberships.selectors import exporting
from memberships.selectors.exports import export_for, exports_folder, pace_of
from memberships.services.export_writing import write_export
from memberships.services.exports import (
    MAX_ATTEMPTS,
    cancel_export,
    reap_exports,
    request_export,
    retry_export,
    take_file,
)
from memberships.services.lists import keep_list
from tests.memberships.conftest import run_now

pytestmark = pytest.mark.django_db

MEMBERS = {"of": "members", "segment": "households"}


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def written(actor: Any, what: dict[str, Any], **more: Any) -> tuple[Export, Path]:
    export = request_export(actor=actor, what=what, **{"format": "csv", **more})
    write_export(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.DONE, export.error
    return export, exports_folder() / export.path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_file__of_members__holds_the_chosen_columns(computed: SimpleNamespace) -> None:
    columns = ["since", "cause", "orders_90d", "departments", "last_order_on", "has_children"]
    export, path = written(computed.rep, MEMBERS, columns=columns, mark=True)
    assert (
        path.read_bytes().startswith(b"\xef\xbb\xbfexternal_id,since,cause,orders_90d") and b"\r\n" in path.read_bytes()
    )
    rows = {row["external_id"]: row for row in rows_of(path)}
    assert len(rows) == 11 and (export.done, export.total, export.bytes) == (11, 11, path.stat().st_size)
    assert rows["hh-05"]["departments"] == "Bakery; Deli" and rows["hh-05"]["cause"] == "first"
    assert rows["hh-01"] | {"since": ""} == {
        "external_id": "hh-01", "since": "", "cause": "first", "orders_90d": "20", "departments": "",
        "last_order_on": "2026-11-01", "has_children": "",
    }  # fmt: skip
    assert rows["hh-02"]["has_children"] == "true" and rows["hh-01"]["since"].endswith("Z")
    assert export.stamp["run"] == computed.first_run.pk and export.stamp["version"] == 1

    _, parquet = written(computed.rep, MEMBERS, columns=columns, format="parquet")
    frame = pl.read_parquet(parquet)
    assert frame.schema["orders_90d"] == pl.Float64 and frame.schema["departments"] == pl.List(pl.String)
    assert frame.schema["since"] == pl.Datetime("us", "UTC") and frame.schema["last_order_on"] == pl.Date
    assert frame["external_id"].to_list() == list(rows)
    events = [
        entry.event for entry in Entry.objects.filter(object_key=str(export.pk), object_type="export").order_by("pk")
    ]
    assert events == ["memberships.export.requested", "memberships.export.written"]


def test_file__asked_for_before_a_change__holds_the_state_of_that_moment(
    computed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SLICE", 3)
    asked = request_export(actor=computed.rep, what=MEMBERS, format="csv", columns=["since"])
    changes = request_export(actor=computed.rep, what={"of": "changes", "segment": "anchors"}, format="csv")
    merge_customers_bulk(
        actor=computed.steward, rows=[{"external_id": "hh-01", "attributes": {"orders_90d": None, "spend_365d": None}}]
    )
    run_now()
    erase_customer(actor=computed.steward, external_id="hh-08", reason="Asked for it.")
    write_export(asked.pk)
    write_export(changes.pk)
    for export in (asked, changes):
        export.refresh_from_db()
    ids = [row["external_id"] for row in rows_of(exports_folder() / asked.path)]
    assert "hh-01" in ids and "hh-08" not in ids and len(ids) == asked.total == 10
    assert [row["change"] for row in rows_of(exports_folder() / changes.path)] == ["entered"] * 3

    export, path = written(computed.rep, {"of": "changes", "segment": "anchors", "since": asked.asked_at})
    (row,) = rows_of(path)
    assert (row["external_id"], row["change"], row["cause"], row["version"]) == ("hh-01", "left", "data", "1")
    export, path = written(computed.rep, {"of": "changes", "segment": "anchors", "since": now()}, format="parquet")
    assert pl.read_parquet(path).height == export.total == 0


def test_file__of_a_list__holds_its_members(computed: SimpleNamespace) -> None:
    kept = keep_list(actor=computed.rep, name="Anchors", expression="anchors")
    _, path = written(computed.rep, {"of": "list", "list": kept.pk}, columns=["spend_365d"])
    assert [(row["external_id"], row["spend_365d"]) for row in rows_of(path)] == [
        ("hh-01", "5200"), ("hh-02", "3100"), ("hh-09", "3000"),
    ]  # fmt: skip


def test_file__with_columns_or_members_not_open__is_refused(computed: SimpleNamespace) -> None:
    for who, columns in ((computed.owner, ["has_children"]), (computed.rep, ["household_note"]), (computed.rep, ["x"])):
        with pytest.raises(UnknownColumn):
            request_export(actor=who, what=MEMBERS, format="csv", columns=columns)
    with pytest.raises(NotAllowed):
        request_export(actor=computed.viewer, what=MEMBERS, format="csv")
    with pytest.raises(Invalid):
        request_export(actor=computed.rep, what=MEMBERS, format="xlsx")
    with pytest.raises(Invalid):
        request_export(actor=computed.rep, what={"of": "everything"}, format="csv")
    with pytest.raises(NotComputed):
        request_export(actor=computed.rep, what={**MEMBERS, "at": now() - timedelta(days=999)}, format="csv")
    for _ in range(5):
        request_export(actor=computed.rep, what=MEMBERS, format="csv")
    with pytest.raises(TooManyExports):
        request_export(actor=computed.rep, what=MEMBERS, format="csv")


def test_file__rights_taken_away__is_not_given_any_more(computed: SimpleNamespace) -> None:
    export, path = written(computed.rep, MEMBERS, columns=["has_children"])
    assert take_file(actor=computed.rep, export_id=export.pk)[1] == path
    assert Entry.objects.filter(event="memberships.export.downloaded", object_key=str(export.pk)).count() == 1
    with pytest.raises(ExportNotFound):
        take_file(actor=computed.steward, export_id=export.pk)
    waiting = request_export(actor=computed.rep, what=MEMBERS, format="csv", columns=["has_children"])
    grant = RoleGrant.objects.get(user=computed.rep, role="rep")
    RoleGrant.objects.filter(pk=grant.pk).update(role="owner")
    actor = type(computed.rep).objects.get(pk=computed.rep.pk)
    with pytest.raises(UnknownColumn):
        take_file(actor=actor, export_id=export.pk)
    write_export(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == ExportState.FAILED and "has_children" in waiting.error
    RoleGrant.objects.filter(pk=grant.pk).update(role="viewer")
    actor = type(computed.rep).objects.get(pk=computed.rep.pk)
    with pytest.raises(NotAllowed):
        take_file(actor=actor, export_id=export.pk)


def test_file__cancelled_while_it_is_written__stops_and_can_be_tried_again(
    computed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SLICE", 3)
    read = exporting.ids_by_ordinal
    export = request_export(actor=computed.rep, what=MEMBERS, format="csv")

    def cancelled_meanwhile(ordinals: Any) -> Any:
        if Export.objects.get(pk=export.pk).done == 3:
            assert pace_of(Export.objects.get(pk=export.pk)).rate
            cancel_export(actor=computed.rep, export_id=export.pk)
        return read(ordinals)

    monkeypatch.setattr(exporting, "ids_by_ordinal", cancelled_meanwhile)
    write_export(export.pk)
    monkeypatch.setattr(exporting, "ids_by_ordinal", read)
    export.refresh_from_db()
    assert (export.state, export.path) == (ExportState.CANCELLED, "") and not list(exports_folder().iterdir())
    with pytest.raises(ExportNotReady):
        cancel_export(actor=computed.rep, export_id=export.pk)
    with pytest.raises(ExportNotReady):
        take_file(actor=computed.rep, export_id=export.pk)
    retry_export(actor=computed.rep, export_id=export.pk)
    write_export(export.pk)
    assert export_for(viewer=computed.rep, export_id=export.pk).state == ExportState.DONE
    with pytest.raises(ExportNotReady):
        retry_export(actor=computed.rep, export_id=export.pk)


def test_file__worker_lost__is_written_by_another_and_given_up_after_three(computed: SimpleNamespace) -> None:
    export = request_export(actor=computed.rep, what=MEMBERS, format="csv")
    silent = {"state": ExportState.RUNNING, "heartbeat_at": now() - timedelta(minutes=5), "attempts": 1}
    Export.objects.filter(pk=export.pk).update(**silent, asked_at=now() - timedelta(minutes=6))
    assert write_export(export.pk) is None, "a file in another worker's hands was taken"
    reap_exports()
    assert write_export(export.pk) is not None
    done = export_for(viewer=computed.rep, export_id=export.pk)
    assert (done.state, done.attempts) == (ExportState.DONE, 2)
    Export.objects.filter(pk=export.pk).update(**{**silent, "attempts": MAX_ATTEMPTS})
    reap_exports()
    failed = export_for(viewer=computed.rep, export_id=export.pk)
    assert failed.state == ExportState.FAILED and "try again" in failed.error


def test_file__past_its_days__is_removed_and_says_so(computed: SimpleNamespace) -> None:
    export, path = written(computed.rep, MEMBERS)
    assert export.expires_at is not None and export.expires_at > now() + timedelta(days=6)
    reap_exports()
    assert path.is_file()
    Export.objects.filter(pk=export.pk).update(expires_at=now() - timedelta(seconds=1))
    reap_exports()
    export.refresh_from_db()
    assert (export.state, export.path, path.exists()) == (ExportState.EXPIRED, "", False)
    with pytest.raises(ExportNotReady):
        take_file(actor=computed.rep, export_id=export.pk)


def test_file__disk_or_database_in_trouble__says_what_to_do(
    computed: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = request_export(actor=computed.rep, what=MEMBERS, format="csv")
    exports_folder().parent.mkdir(parents=True, exist_ok=True)
    exports_folder().write_text("a file stands where the folder should be")
    write_export(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.FAILED and "disk may be full" in export.error
    exports_folder().unlink()

    monkeypatch.setattr(exporting, "ids_by_ordinal", lambda _: 1 / 0)
    retry_export(actor=computed.rep, export_id=export.pk)
    for _ in range(MAX_ATTEMPTS):
        write_export(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.FAILED and "three times" in export.error


@pytest.mark.parametrize("seed", ["=1+1", "+1", "-1", "@x", "\t=1", "\tx", "\rx", " =1", "＝1", "＋1", "－1", "＠x"])
def test_cell__with_a_formula__is_safe_to_open(seed: str) -> None:
    assert safe_cell(seed) == f"'{seed}"
    assert [safe_cell(each) for each in ("a=1", -5, -5.5, "", "a\n=1")] == ["a=1", -5, -5.5, "", "a\n=1"]


def test_file__with_formulas_quotes_and_breaks__is_read_back_as_it_was(computed: SimpleNamespace) -> None:
    rows = {
        "=cmd|calc!A0": ["a;b", '"q"', "x"],
        "+sum(1)": ["line\nbreak", "[", "y"],
        "plain": ["Bakery", "Deli"],
    }
    merge_customers_bulk(
        actor=computed.steward,
        rows=[{"external_id": key, "attributes": {"orders_90d": 1, "departments": v}} for key, v in rows.items()],
    )
    run_now()
    _, path = written(computed.rep, {"of": "members", "segment": "occasional"}, columns=["departments"])
    found = {row["external_id"]: row["departments"] for row in rows_of(path)}
    assert found["plain"] == "Bakery; Deli" and {"'=cmd|calc!A0", "'+sum(1)"} <= found.keys()
    assert typed_value("set", [], found["'+sum(1)"], strict=False) == ["[", "line\nbreak", "y"]
    assert typed_value("set", [], found["'=cmd|calc!A0"], strict=False) == ['"q"', "a;b", "x"]
