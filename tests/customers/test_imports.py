"""Imports: the plan, the run, the quarantine, resuming, refusals."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from common.actors import SYSTEM
from common.clock import now
from common.errors import Invalid, NotAllowed
from customers.errors import NoSuchSource, UnreadableFile, UploadTooLarge, WrongImportState
from customers.models import Customer, ImportJob, QuarantinedRow, SourceLoad
from customers.selectors import customer, customer_count, import_progress
from customers.services import running
from customers.services.erasure import erase_customer
from customers.services.imports import cancel_import, discard_plan, plan_import, remap_import, shown_name, start_import
from customers.services.profiles import merge_customers_bulk
from customers.services.running import run_import, waiting_imports
from customers.services.uploads import uploads_folder

Announced = Callable[[str], list[dict[str, Any]]]
FILE = b"""customer_id,Orders,City,Tier,extra
c-1,3,Basel,gold,x
c-2,many,Bern,silver,y
c-3,,Chur,bronze,z
,4,Genf,gold,z
c-1,5,,silver,x
"""


@pytest.fixture
def plan(catalogue: SimpleNamespace) -> Callable[..., ImportJob]:
    """Plans the import of a content as the steward."""

    def make(content: bytes = FILE, **given: Any) -> ImportJob:
        options = {"actor": catalogue.steward, "source_key": "till", "name": "file.csv", **given}
        return plan_import(content=io.BytesIO(content), **options)

    return make


@pytest.fixture
def carry_out(catalogue: SimpleNamespace) -> Callable[[ImportJob], ImportJob]:
    """Starts and runs an import."""

    def run(job: ImportJob) -> ImportJob:
        start_import(actor=catalogue.steward, job_id=job.pk)
        done = run_import(job.pk)
        assert done is not None
        return done

    return run


def files() -> set[str]:
    folder = uploads_folder()
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_plan__file__says_what_it_would_do_and_does_nothing(plan: Callable[..., ImportJob]) -> None:
    job = plan()
    assert job.mapping == {
        "customer_id": "external_id",
        "Orders": "orders",
        "City": "city",
        "Tier": "tier",
        "extra": None,
    }
    assert job.plan["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 3, "repeated": 1}
    assert {(p["code"], p["count"], tuple(p["lines"])) for p in job.plan["problems"]} == {
        ("wrong_type", 1, (3,)),
        ("not_a_choice", 1, (4,)),
        ("no_external_id", 1, (5,)),
    }
    assert job.plan["sample"][0]["values"] == {"orders": 3, "city": "Basel", "tier": "gold"}
    assert job.plan["is_complete"]
    assert not job.plan["blockers"]
    assert customer_count() == 0


def test_run__file__good_rows_stored_bad_ones_in_quarantine(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob], announced: Announced
) -> None:
    job = carry_out(plan())
    assert (job.state, job.counts["created"], job.counts["refused"], job.counts["repeated"]) == ("done", 1, 3, 1)
    # The last row of a customer wins, and its empty cell clears.
    assert customer("c-1").attributes == {"orders": 5, "tier": "silver"}
    rows = list(QuarantinedRow.objects.filter(job=job))
    assert [(row.line, row.external_id, row.raw) for row in rows] == [
        (3, "c-2", "c-2,many,Bern,silver,y\n"),
        (4, "c-3", "c-3,,Chur,bronze,z\n"),
        (5, "", ",4,Genf,gold,z\n"),
    ]
    assert "“many” is not a number" in rows[0].errors[0]["detail"]
    (fact,) = announced("customers.import.finished")
    assert fact == {
        "job_id": job.pk,
        "source_key": "till",
        "state": "done",
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 3,
    }
    assert len(announced("customers.import.requested")) == 1
    assert SourceLoad.objects.get(job=job).row_count == 1


def test_run__same_file_twice__no_change(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob]
) -> None:
    carry_out(plan())
    before = list(Customer.objects.values_list("external_id", "changed_seq", "changed_at"))
    again = plan()
    assert any("imported before" in note for note in again.plan["notes"])
    assert carry_out(again).counts["unchanged"] == 1
    assert list(Customer.objects.values_list("external_id", "changed_seq", "changed_at")) == before


def test_run__keeps_empty__empty_cells_leave_values(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob]
) -> None:
    carry_out(plan(keeps_empty=True))
    assert customer("c-1").attributes == {"orders": 5, "city": "Basel", "tier": "silver"}


def test_run__called_again_or_elsewhere__does_nothing(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob], announced: Announced
) -> None:
    job = carry_out(plan())
    assert run_import(job.pk) is None
    assert run_import(10**9) is None
    assert len(announced("customers.import.finished")) == 1


def test_run__worker_dies_between_batches__the_next_goes_on_there(
    plan: Callable[..., ImportJob], catalogue: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 10)
    content = b"id,orders\n" + b"".join(b"c-%d,%s\n" % (n % 60, b"x" if n % 25 == 7 else b"%d" % n) for n in range(100))
    job = plan(content)
    start_import(actor=catalogue.steward, job_id=job.pk)
    store = running._store

    def dies(held: ImportJob, batch: list[Any], seen: set[int]) -> None:
        if held.position >= 30:
            raise KeyboardInterrupt
        store(held, batch, seen)

    monkeypatch.setattr(running, "_store", dies)
    with pytest.raises(KeyboardInterrupt):
        run_import(job.pk)
    monkeypatch.setattr(running, "_store", store)
    left = ImportJob.objects.get(pk=job.pk)
    assert (left.state, left.position) == ("running", 30)
    # Its lease still runs: nobody takes it yet.
    assert run_import(job.pk) is None
    ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=now() - timedelta(minutes=2))
    assert waiting_imports() == [job.pk]
    done = run_import(job.pk)
    assert done is not None
    assert (done.state, done.position) == ("done", 100)
    assert done.counts["refused"] == QuarantinedRow.objects.filter(job=job).count() == 4
    assert done.counts["created"] == customer_count() == 59
    assert done.counts["repeated"] == 37
    assert customer("c-39").attributes == {"orders": 99}


def test_run__workers_die_again_and_again__given_up(
    plan: Callable[..., ImportJob], catalogue: SimpleNamespace, announced: Announced
) -> None:
    job = plan()
    start_import(actor=catalogue.steward, job_id=job.pk)
    ImportJob.objects.filter(pk=job.pk).update(attempts=running.MAX_ATTEMPTS)
    done = run_import(job.pk)
    assert done is not None
    assert done.state == "failed"
    assert "Given up" in done.error
    assert announced("customers.import.finished")[0]["state"] == "failed"


def test_run__taken_over_or_cancelled_in_the_middle__stops_storing(
    plan: Callable[..., ImportJob], catalogue: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, announced: Announced
) -> None:
    monkeypatch.setattr(running, "BATCH", 10)
    job = plan(b"id,orders\n" + b"".join(b"c-%d,1\n" % n for n in range(40)))
    start_import(actor=catalogue.steward, job_id=job.pk)
    store = running._store

    def cancels(held: ImportJob, batch: list[Any], seen: set[int]) -> None:
        store(held, batch, seen)
        if held.position == 20:
            cancel_import(actor=catalogue.steward, job_id=held.pk)

    monkeypatch.setattr(running, "_store", cancels)
    done = run_import(job.pk)
    assert done is not None
    assert (done.state, done.position, customer_count()) == ("cancelled", 20, 20)
    assert [fact["state"] for fact in announced("customers.import.finished")] == ["cancelled"]
    monkeypatch.setattr(running, "_store", store)
    start_import(actor=catalogue.steward, job_id=job.pk)
    again = run_import(job.pk)
    assert again is not None
    assert (again.state, customer_count()) == ("done", 40)


def test_run__nearly_all_rows_wrong__stops_and_says_so(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MAX_REFUSED", 20)
    monkeypatch.setattr(running, "BATCH", 10)
    content = b"id,orders\nok,1\n" + b"".join(b"c-%d,x\n" % n for n in range(100))
    job = carry_out(plan(content))
    assert job.state == "failed"
    assert "does not fit its mapping" in job.error
    assert job.position < 100


def test_run__file_gone__failed_with_what_to_do(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob]
) -> None:
    job = plan()
    (uploads_folder() / job.path).unlink()
    done = carry_out(job)
    assert done.state == "failed"
    assert "Upload it again" in done.error


def test_run__right_taken_meanwhile__failed(plan: Callable[..., ImportJob], catalogue: SimpleNamespace) -> None:
    job = plan()
    start_import(actor=catalogue.steward, job_id=job.pk)
    catalogue.steward.grants.all().delete()
    done = run_import(job.pk)
    assert done is not None
    assert done.state == "failed"
    assert customer_count() == 0


def test_jsonl__typed_values__absent_key_keeps_null_clears(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob], catalogue: SimpleNamespace
) -> None:
    merge_customers_bulk(
        actor=catalogue.steward, rows=[{"external_id": "1", "attributes": {"orders": 1, "city": "Basel"}}]
    )
    job = carry_out(
        plan(
            b'{"external_id": "1", "attributes": {"orders": null, "tags": ["x"]}}\n'
            b'{"external_id": "2", "attributes": {"orders": "2"}}\n'
        )
    )
    assert job.format == "jsonl"
    assert customer("1").attributes == {"city": "Basel", "tags": ["x"]}
    assert job.counts["refused"] == 1


def test_parquet__native_values__stored_in_the_one_form(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob], tmp_path: Path
) -> None:
    path = tmp_path / "x.parquet"
    frame = pl.DataFrame(
        {"household_id": [7, 8], "orders": [1.5, None], "joined_on": ["2026-01-31", None], "tags": [["b", "a"], None]}
    )
    frame.with_columns(pl.col("joined_on").str.to_date()).write_parquet(path)
    job = carry_out(plan(path.read_bytes(), name="x.bin"))
    assert job.format == "parquet"
    assert customer("7").attributes == {"orders": 1.5, "joined_on": "2026-01-31", "tags": ["a", "b"]}
    assert customer("8").attributes == {}


@pytest.mark.parametrize(
    ("content", "blocker"),
    [
        (b"id,orders\n", "no rows"),
        (b"name,orders\nx,1\n", "customer's id"),
        (b"id,whatever\n1,2\n", "No column goes to"),
        (b"id,orders\n1,x\n", "None of the rows"),
    ],
)
def test_start__plan_with_a_blocker__refused(
    plan: Callable[..., ImportJob], catalogue: SimpleNamespace, content: bytes, blocker: str
) -> None:
    job = plan(content)
    assert any(blocker in text for text in job.plan["blockers"])
    with pytest.raises(Invalid):
        start_import(actor=catalogue.steward, job_id=job.pk)
    assert ImportJob.objects.get(pk=job.pk).state == "planned"


def test_remap__other_columns__planned_anew(plan: Callable[..., ImportJob], catalogue: SimpleNamespace) -> None:
    job = plan(b"a,b,c\nx,1,2\n")
    assert job.plan["blockers"]
    job = remap_import(
        actor=catalogue.steward, job_id=job.pk, mapping={"a": "external_id", "b": "orders"}, keeps_empty=True
    )
    assert (job.mapping, job.plan["blockers"]) == ({"a": "external_id", "b": "orders", "c": None}, [])
    nested = plan(b"a,b\nx,1\n", mapping={"external_id": "a", "attributes": {"b": "orders"}})
    assert nested.mapping == {"a": "external_id", "b": "orders"}


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"z": "orders"}, "unknown_column"),
        ({"a": "nope"}, "unknown_attribute"),
        ({"a": ["orders"]}, "unknown_attribute"),
        ({"a": "orders", "b": "orders"}, "twice"),
    ],
)
def test_plan__wrong_mapping__refused_and_nothing_left_behind(
    plan: Callable[..., ImportJob], mapping: dict[str, Any], code: str
) -> None:
    before = files()
    with pytest.raises(Invalid) as refused:
        plan(b"a,b\nx,1\n", mapping=mapping)
    assert refused.value.errors[0]["code"] == code
    assert files() == before


def test_plan__hidden_attribute__not_guessed_and_not_taken(
    plan: Callable[..., ImportJob], catalogue: SimpleNamespace
) -> None:
    job = plan(b"id,orders,diet\n1,2,vegan\n", actor=catalogue.administrator)
    assert job.mapping["diet"] is None
    with pytest.raises(Invalid):
        plan(
            b"id,orders,diet\n1,2,vegan\n", actor=catalogue.administrator, mapping={"id": "external_id", "diet": "diet"}
        )


def test_plan__unreadable_or_too_large__refused_and_nothing_left_behind(
    plan: Callable[..., ImportJob], settings: Any
) -> None:
    before = files()
    with pytest.raises(UnreadableFile):
        plan(b"")
    settings.SEGPORTAL_MAX_UPLOAD_MB = 1
    with pytest.raises(UploadTooLarge, match="1 MB"):
        plan(b"id,orders\n" + b"1,2\n" * 300_000)
    with pytest.raises(NoSuchSource):
        plan(source_key="nope")
    assert files() == before
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("name", ["owner", "rep", "viewer", "auditor", "learner", "stranger", "deactivated"])
def test_plan__no_keeper_of_data__refused(
    plan: Callable[..., ImportJob], catalogue: SimpleNamespace, name: str
) -> None:
    with pytest.raises(NotAllowed):
        plan(actor=getattr(catalogue, name))
    assert not ImportJob.objects.exists()


def test_states__wrong_moment__refused(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob], catalogue: SimpleNamespace
) -> None:
    job = carry_out(plan())
    for deed in (start_import, cancel_import, discard_plan):
        with pytest.raises(WrongImportState):
            deed(actor=catalogue.steward, job_id=job.pk)
    with pytest.raises(WrongImportState):
        remap_import(actor=catalogue.steward, job_id=job.pk, mapping={}, keeps_empty=False)


def test_discard__plan__row_and_file_gone(
    plan: Callable[..., ImportJob], catalogue: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    job = plan()
    with django_capture_on_commit_callbacks(execute=True):
        discard_plan(actor=catalogue.steward, job_id=job.pk)
    assert job.path not in files()
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.csv", "a.csv"),
        ("a\r\nX: y.csv", "a\ufffd\ufffdX: y.csv"),
        ("", "file"),
        ("a\u202egpj.csv", "a\ufffdgpj.csv"),
    ],
)
def test_file_name__from_a_client__only_its_last_part_and_printable(given: str, shown: str) -> None:
    assert shown_name(given) == shown


def test_erase__customer_in_quarantine__their_rows_go_too(
    plan: Callable[..., ImportJob], carry_out: Callable[[ImportJob], ImportJob], catalogue: SimpleNamespace
) -> None:
    merge_customers_bulk(actor=catalogue.steward, rows=[{"external_id": "c-2", "attributes": {}}])
    job = carry_out(plan())
    erase_customer(actor=catalogue.steward, external_id="c-2", reason="asked for")
    assert [row.line for row in QuarantinedRow.objects.filter(job=job)] == [4, 5]


def test_progress__running__rate_and_rest() -> None:
    job = ImportJob(state="running", position=500, row_count=2000, started_at=now() - timedelta(seconds=10))
    found = import_progress(job)
    assert (found["done"], found["total"], found["is_open"]) == (500, 2000, True)
    assert 45 <= found["rate"] <= 55
    assert 27 <= found["remaining"] <= 33


@pytest.fixture
def csv_file(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "customers.csv"
    path.write_bytes(FILE)
    yield str(path)


def test_command__file__imported_with_a_plan_in_words(catalogue: SimpleNamespace, csv_file: str) -> None:
    out = io.StringIO()
    call_command("import_customers", csv_file, "--source", "till", stdout=out)
    assert "Orders -> orders (number)" in out.getvalue()
    assert "done: 1 new, 0 changed, 0 unchanged, 3 in quarantine" in out.getvalue()
    assert ImportJob.objects.get().requested_by is None


def test_command__dry_run__changes_nothing(
    catalogue: SimpleNamespace, csv_file: str, django_capture_on_commit_callbacks: Any
) -> None:
    before = files()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("import_customers", csv_file, "--dry-run", stdout=io.StringIO())
    assert (customer_count(), ImportJob.objects.count(), files()) == (0, 0, before)


def test_command__fault__said_in_words(catalogue: SimpleNamespace, csv_file: str) -> None:
    with pytest.raises(CommandError, match="no source"):
        call_command("import_customers", csv_file, "--source", "nope", stdout=io.StringIO())
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_customers", "/nowhere.csv", "--source", "till", stdout=io.StringIO())


def test_uploads__names__made_by_the_portal(plan: Callable[..., ImportJob]) -> None:
    job = plan(name="../../x.csv")
    assert len(job.path) == 32
    assert (Path(settings.MEDIA_ROOT) / job.path).is_file()
    assert job.requested_by is not SYSTEM
