"""Profile builds: what they hold, overlays and folds, digests, quality, lost files, races with writers."""

import io
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction
from polars.testing import assert_frame_equal

from common.clock import now
from customers.errors import NoSuchBuild
from customers.models import Customer, ImportJob, ProfileBuild, QuarantinedRow
from customers.rows.frames import build_columns
from customers.selectors import (
    attribute_quality,
    build_files,
    builds_folder,
    customer,
    newest_build,
    newest_change,
    scan_build,
)
from customers.services import builds, sweeping
from customers.services.attributes import define_attribute
from customers.services.builds import build_profiles
from customers.services.erasure import erase_customer
from customers.services.imports import plan_import, start_import
from customers.services.merging import merge_rows
from customers.services.profiles import merge_customer, merge_customers_bulk
from customers.services.running import run_import
from customers.services.uploads import uploads_folder

Announced = Callable[[str], list[dict[str, Any]]]
VALUES: dict[str, Any] = {
    "orders": 3.5,
    "city": 'a "q", é\nline',
    "is_member": True,
    "joined_on": "0001-01-01",
    "seen_at": "2026-01-31T09:00:00.000120Z",
    "tier": "gold",
    "tags": ["a, b", "ü"],
    "diet": "",
}


# Shares of changed rows are shares of all ordinals ever given, also by the tests before.
pytestmark = pytest.mark.usefixtures("ordinals_from_zero")


def send(people: SimpleNamespace, rows: dict[str, dict[str, Any]]) -> None:
    merge_customers_bulk(
        actor=people.steward, rows=[{"external_id": key, "attributes": values} for key, values in rows.items()]
    )


def rows_of(build: ProfileBuild) -> dict[str, dict[str, Any]]:
    frame = scan_build(build.pk).filter(pl.col("alive")).collect()
    return {row.pop("external_id"): row for row in frame.to_dicts()}


def test_build__values__typed_in_ordinal_order(catalogue: SimpleNamespace, announced: Announced) -> None:
    send(catalogue, {"full": VALUES, "empty": {}, "other": {"orders": 1e300, "tags": [], "is_member": False}})
    build = build_profiles()
    frame = scan_build(build.pk).collect()
    assert dict(frame.schema) == build_columns(build.schema)
    assert frame["ordinal"].to_list() == list(range(build.row_count))
    found = rows_of(build)
    assert found["full"] == {
        "ordinal": customer("full").ordinal,
        "alive": True,
        "orders": 3.5,
        "city": 'a "q", é\nline',
        "is_member": True,
        "joined_on": date(1, 1, 1),
        "seen_at": datetime(2026, 1, 31, 9, 0, 0, 120, tzinfo=UTC),
        "tier": "gold",
        "tags": ["a, b", "ü"],
        "has_children": None,
        "diet": "",
    }
    assert found["other"]["orders"] == 1e300
    assert found["other"]["tags"] == []
    assert found["empty"]["tags"] is None
    (fact,) = announced("customers.build.finished")
    assert (fact["build_id"], fact["row_count"], fact["kind"]) == (build.pk, 3, "base")


def test_build__nothing_changed__the_same_build(catalogue: SimpleNamespace, announced: Announced) -> None:
    send(catalogue, {"a": {"orders": 1}})
    first = build_profiles()
    send(catalogue, {"a": {"orders": 1}})
    assert build_profiles() == first
    assert len(announced("customers.build.finished")) == 1


def test_build__few_changes__overlay_that_reads_as_a_fresh_base(catalogue: SimpleNamespace) -> None:
    send(catalogue, {f"c-{n}": {"orders": n, "city": f"city {n % 7}"} for n in range(300)})
    base = build_profiles()
    send(catalogue, {"c-7": {"orders": None, "city": "Bern"}, "c-9": {"tags": ["x"]}, "new": {"orders": 1}})
    second = build_profiles()
    assert (second.kind, second.base_path, second.overlay_count) == ("overlay", base.base_path, 3)
    send(catalogue, {"c-9": {"tags": None}})
    third = build_profiles()
    assert (third.kind, third.overlay_count) == ("overlay", 3)
    assert len({base.digest, second.digest, third.digest}) == 3
    # Read again from the database, the same rows have the same digest.
    ProfileBuild.objects.all().update(state="expired")
    fresh = build_profiles()
    assert (fresh.kind, fresh.digest) == ("base", third.digest)
    ProfileBuild.objects.all().update(state="ready")
    assert_frame_equal(scan_build(third.pk).collect(), scan_build(fresh.pk).collect(), categorical_as_str=True)
    assert rows_of(second)["c-9"]["tags"] == ["x"]
    assert rows_of(third)["c-9"]["tags"] is None


def test_build__many_changes__folded_and_very_many_exported_anew(catalogue: SimpleNamespace) -> None:
    send(catalogue, {f"c-{n}": {"orders": n} for n in range(100)})
    build_profiles()
    send(catalogue, {f"c-{n}": {"orders": -n} for n in range(1, 11)})
    folded = build_profiles()
    assert (folded.kind, folded.overlay_path, folded.base_watermark) == ("folded", "", folded.watermark)
    assert rows_of(folded)["c-10"]["orders"] == -10
    send(catalogue, {f"c-{n}": {"orders": 0.5} for n in range(90)})
    assert build_profiles().kind == "base"


def test_build__ordinals_that_nobody_has__rows_that_are_not_alive(catalogue: SimpleNamespace) -> None:
    send(catalogue, {"a": {"orders": 1}})
    build_profiles()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('customers_ordinal_seq') FROM generate_series(1, 5)")
    send(catalogue, {"b": {"orders": 2}})
    build = build_profiles()
    frame = scan_build(build.pk).collect()
    assert frame["ordinal"].to_list() == list(range(build.row_count))
    assert build.alive_count == 2
    assert frame.filter(~pl.col("alive"))["orders"].null_count() == build.row_count - 2


def test_build__no_customers__empty_and_readable(catalogue: SimpleNamespace) -> None:
    Customer.objects.all().delete()
    build = build_profiles()
    assert (build.row_count, build.alive_count) == (0, 0)
    assert scan_build(build.pk).collect().height == 0


def test_build__no_attributes__readable(cast: SimpleNamespace) -> None:
    merge_rows({"a": {}})
    build = build_profiles()
    assert scan_build(build.pk).collect().columns == ["ordinal", "alive", "external_id"]


def test_build__new_attribute__new_column(catalogue: SimpleNamespace) -> None:
    send(catalogue, {"a": {"orders": 1}})
    build_profiles()
    define_attribute(
        actor=catalogue.steward, key="odd-key_1", content={"label": "Odd", "type": "number", "dimension": "value"}
    )
    build = build_profiles()
    assert build.kind == "base"
    assert rows_of(build)["a"]["odd-key_1"] is None
    assert build.lineage["attributes"]["odd-key_1"] == 1


def test_build__erased_customer__gone_from_every_readable_file(catalogue: SimpleNamespace) -> None:
    send(catalogue, {f"c-{n}": {"orders": n, "city": f"secret {n}"} for n in range(100)})
    before = build_profiles()
    old_files = build_files(before)
    erase_customer(actor=catalogue.steward, external_id="c-42", reason="asked for")
    build = build_profiles()
    assert (build.kind, build.overlay_path) == ("folded", "")
    frame = scan_build(build.pk).collect()
    row = frame.row(Customer.objects.get(is_erased=True).ordinal, named=True)
    assert (row["alive"], row["external_id"], row["city"], row["orders"]) == (False, None, None, None)
    assert "secret 42" not in frame["city"].to_list()
    with pytest.raises(NoSuchBuild):
        scan_build(before.pk)
    old = time.time() - 7200
    for path in old_files:
        os.utime(path, (old, old))
    sweeping.sweep_builds()
    assert not any(path.exists() for path in old_files)
    assert all(path.exists() for path in build_files(build))


def test_build__files_lost__made_anew(catalogue: SimpleNamespace) -> None:
    send(catalogue, {"a": {"orders": 1}})
    lost = build_profiles()
    for path in build_files(lost):
        path.unlink()
    with pytest.raises(NoSuchBuild):
        scan_build(lost.pk)
    again = build_profiles()
    assert (again.number, again.kind, again.digest) == (lost.number + 1, "base", lost.digest)


def test_build__writing_fails__nothing_named_and_the_next_one_works(
    catalogue: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(catalogue, {"a": {"orders": 1}})

    def fails(*_args: Any, **_options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(builds, "export_base", fails)
    with pytest.raises(OSError, match="No space"):
        build_profiles()
    assert newest_build() is None
    monkeypatch.undo()
    assert build_profiles().number == 1


def test_quality__measured__fill_rate_distinct_range_and_top(catalogue: SimpleNamespace) -> None:
    send(
        catalogue,
        {
            "a": {"orders": 1, "tier": "gold", "tags": ["x", "y"], "joined_on": "2026-01-01"},
            "b": {"orders": 5, "tier": "gold", "tags": ["x"]},
            "c": {"orders": 5, "tier": "silver"},
            "d": {},
        },
    )
    build = build_profiles()
    orders = attribute_quality("orders")
    assert (orders.filled, orders.total, orders.rate, orders.distinct, orders.low, orders.high) == (
        3,
        4,
        0.75,
        2,
        1.0,
        5.0,
    )
    assert attribute_quality("tier").top == (("gold", 2), ("silver", 1))
    assert attribute_quality("tags").top == (("x", 2), ("y", 1))
    assert attribute_quality("joined_on").high == "2026-01-01"
    assert attribute_quality("diet").rate == 0.0
    assert attribute_quality("nope").rate is None
    assert attribute_quality("orders").build_number == build.number


def test_sweep__beyond_the_number_kept__expired_and_strangers_removed(
    catalogue: SimpleNamespace, settings: Any
) -> None:
    settings.SEGPORTAL_BUILDS_KEPT = 2
    for n in range(4):
        send(catalogue, {"a": {"orders": n}})
        build_profiles()
    stranger = builds_folder() / "base-left-over.parquet.tmp"
    stranger.write_bytes(b"x")
    fresh = builds_folder() / "base-being-written.parquet.tmp"
    fresh.write_bytes(b"x")
    old = time.time() - 7200
    for path in builds_folder().iterdir():
        if path != fresh:
            os.utime(path, (old, old))
    sweeping.sweep_builds()
    assert list(ProfileBuild.objects.filter(state="ready").order_by("number").values_list("number", flat=True)) == [
        3,
        4,
    ]
    assert not stranger.exists()
    assert fresh.exists()
    fresh.unlink()
    for build in ProfileBuild.objects.filter(state="ready"):
        assert scan_build(build.pk).collect().height == build.row_count


@pytest.mark.django_db(transaction=True)
def test_build__change_that_commits_late__is_never_missed(catalogue: SimpleNamespace) -> None:
    """A writer holds an early change number open while a later one commits and a build is made."""
    send(catalogue, {"a": {"orders": 1}, "b": {"orders": 1}})
    build_profiles()
    holds, go_on = threading.Event(), threading.Event()

    def writes_slowly() -> None:
        try:
            with transaction.atomic():
                merge_rows({"a": {"orders": 2}})
                holds.set()
                go_on.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=writes_slowly)
    writer.start()
    assert holds.wait(20)
    threading.Timer(0.5, go_on.set).start()
    started = time.monotonic()
    build = build_profiles()
    assert time.monotonic() - started > 0.3, "the build must wait for the open writer"
    writer.join(20)
    assert build.watermark == newest_change()
    assert rows_of(build)["a"]["orders"] == 2


@pytest.mark.django_db(transaction=True)
def test_build__two_at_once__one_is_written_and_both_get_it(catalogue: SimpleNamespace) -> None:
    send(catalogue, {f"c-{n}": {"orders": n} for n in range(50)})
    barrier = threading.Barrier(2)
    made: list[int] = []

    def build() -> None:
        try:
            barrier.wait(20)
            made.append(build_profiles().pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 2
    assert len(set(made)) == 1


@pytest.mark.django_db(transaction=True)
def test_merges__same_customers_in_opposite_orders__no_deadlock_and_dense_ordinals(catalogue: SimpleNamespace) -> None:
    ids = [f"c-{n}" for n in range(200)]
    barrier = threading.Barrier(4)
    errors: list[DatabaseError] = []

    def merge(turn: int) -> None:
        try:
            barrier.wait(20)
            for step in range(3):
                order = ids if turn % 2 else ids[::-1]
                with transaction.atomic():
                    merge_rows({one: {"orders": turn * 10 + step} for one in order})
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=merge, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert Customer.objects.count() == 200


def test_uploads__after_the_retention__file_and_raw_rows_go(catalogue: SimpleNamespace) -> None:
    job = plan_import(
        actor=catalogue.steward, source_key="till", name="x.csv", content=io.BytesIO(b"id,orders\n1,2\n2,x\n")
    )
    start_import(actor=catalogue.steward, job_id=job.pk)
    run_import(job.pk)
    sweeping.sweep_uploads()
    assert Path(uploads_folder() / job.path).exists()
    long_ago = now() - timedelta(days=100)
    ImportJob.objects.update(created_at=long_ago, ended_at=long_ago)
    assert sweeping.sweep_uploads() >= 1
    assert not Path(uploads_folder() / job.path).exists()
    assert ImportJob.objects.get().path == ""
    row = QuarantinedRow.objects.get()
    assert (row.raw, bool(row.errors)) == ("", True)
    merge_customer(actor=catalogue.steward, external_id="still", attributes={"orders": 1})
