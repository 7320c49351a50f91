"""The lake: what is written there, how it comes back, and that nothing outside is reached."""

import json
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fsspec
import polars as pl
import pytest
from django.core.management import CommandError, call_command

from common.errors import NotAllowed
from customers.errors import LakeRefused
from customers.selectors import customer
from customers.services.erasure import erase_customer
from customers.transports.lake import Lake, the_lake
from ledger.models import Entry
from memberships.services.lake import export_build, export_memberships
from tests.factories.grocer import MEMBERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SEGPORTAL_LAKE_URL = (tmp_path / "lake").as_uri()
    return tmp_path / "lake"


def test_memberships__in_the_lake__are_partitioned_and_closed_by_a_manifest(
    computed: SimpleNamespace, folder: Path
) -> None:
    erase_customer(actor=computed.steward, external_id="hh-09", reason="Asked for it.")
    batch = export_memberships(actor=computed.steward)
    manifest = json.loads((folder / batch.folder / "_manifest.json").read_text())
    rows = {line["segment"]: (line["rows"], line["version"], line["run"]) for line in manifest["segments"]}
    assert rows["anchors"] == (2, 1, computed.first_run.pk) and batch.rows == sum(each[0] for each in rows.values())
    frame = pl.read_parquet(folder / batch.folder / "**/*.parquet", hive_partitioning=False)
    assert frame.schema == {
        "external_id": pl.String, "since": pl.Datetime("us", "UTC"), "segment": pl.String, "version": pl.Int32,
    }  # fmt: skip
    found = {key: sorted(frame.filter(pl.col("segment") == key)["external_id"]) for key in MEMBERS}
    assert found == {key: [each for each in ids if each != "hh-09"] for key, ids in MEMBERS.items()}
    assert frame["since"].null_count() == 0
    assert Entry.objects.get(event="memberships.lake.exported").payload["rows"] == batch.rows
    with pytest.raises(NotAllowed):
        export_memberships(actor=computed.rep)


def test_build__in_the_lake__comes_back_by_import_from_there_alone(
    computed: SimpleNamespace, settings: Any, folder: Path
) -> None:
    batch = export_build()
    frame = pl.read_parquet(folder / batch.folder / "*.parquet")
    assert frame.height == batch.rows == 12
    assert "orders_90d" in frame.columns and not {"has_children", "household_note", "ordinal"} & set(frame.columns)
    assert "has_children" in pl.read_parquet(folder / export_build(personal=True).folder / "*.parquet").columns

    changed = frame.with_columns(orders_90d=pl.lit(77.0)).filter(pl.col("external_id") == "hh-01")
    (folder / "in").mkdir()
    changed.write_parquet(folder / "in" / "one.parquet")
    call_command("import_customers", f"{settings.SEGPORTAL_LAKE_URL}/in/one.parquet", stdout=StringIO())
    assert customer("hh-01").attributes["orders_90d"] == 77
    outside = folder.parent / "outside.parquet"
    changed.write_parquet(outside)
    for address in (
        outside.as_uri(),
        f"{settings.SEGPORTAL_LAKE_URL}/../outside.parquet",
        "http://127.0.0.1/x.parquet",
    ):
        with pytest.raises(CommandError, match="Only files of the lake"):
            call_command("import_customers", address, stdout=StringIO())


def test_lake__in_memory__is_written_by_the_command(computed: SimpleNamespace, settings: Any) -> None:
    settings.SEGPORTAL_LAKE_URL = "memory://lake-of-tests"
    try:
        told = StringIO()
        call_command("export_lake", "memberships", stdout=told)
        call_command("export_lake", "build", stdout=told)
        names = fsspec.filesystem("memory").find("/lake-of-tests")
        assert sum(name.endswith("_manifest.json") for name in names) == 2 and "19 rows in 4 files" in told.getvalue()
        assert the_lake().is_complete("profiles/build=1")
    finally:
        fsspec.filesystem("memory").rm("/lake-of-tests", recursive=True)


def test_lake__not_set__is_refused_in_plain_words(computed: SimpleNamespace, settings: Any) -> None:
    settings.SEGPORTAL_LAKE_URL = ""
    for command in (("export_lake",), ("import_customers", "s3://lake/x.parquet")):
        with pytest.raises(CommandError, match="SEGPORTAL_LAKE_URL"):
            call_command(*command, stdout=StringIO())


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "a//b",
        "",
        ".",
        "a/*.parquet",
        "a::b",
        "a?b",
        "a\\b",
        "a%2e%2e/b",
        "..",
        "a/ b",
    ],
)
def test_lake__addresses_that_climb_or_chain__are_refused(tmp_path: Path, name: str) -> None:
    lake = Lake(tmp_path.as_uri())
    with pytest.raises(LakeRefused):
        lake.name_of(f"{tmp_path.as_uri()}/{name}")
    with pytest.raises(LakeRefused):
        lake.open(name)


def test_lake__link_that_leads_out__is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "secret.csv").write_text("external_id\n")
    (tmp_path / "lake" / "link.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(LakeRefused, match="leads out"):
        Lake((tmp_path / "lake").as_uri()).open("link.csv")
    with pytest.raises(LakeRefused, match="no file"):
        Lake((tmp_path / "lake").as_uri()).open("missing.csv")
