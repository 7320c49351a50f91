"""Runs imports: batch by batch, each one transaction that also moves the position on."""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Any, Final

import structlog
from django.db import transaction
from django.db.models import F, Q

from common import correlation
from common.actors import SYSTEM, Actor
from common.clock import now
from common.errors import DomainError
from customers.choices import ChangeCause, ImportState
from customers.errors import WrongImportState
from customers.models import ImportJob, QuarantinedRow
from customers.policies import ImportPolicy
from customers.rows import ValueRefused, checked_external_id
from customers.selectors import attribute_facts_for
from customers.services.imports import COUNTS, finished_fact, locked_import, move
from customers.services.merging import combined, merge_rows
from customers.services.reading import ReadRow, id_column, read_rows
from customers.services.sources import record_load
from customers.services.stops import require_flowing
from customers.services.uploads import uploads_folder
from customers.transports import Record, open_file
from ledger.services import announce

log = structlog.get_logger(__name__)

BATCH: Final = 5_000
# A file of which so many rows are refused does not fit its mapping: going on would only fill the quarantine.
MAX_REFUSED: Final = 10_000
_EXAMPLES: Final = 20
STALLED_AFTER: Final = timedelta(seconds=40)
MAX_ATTEMPTS: Final = 8


class _Lost(Exception):
    """The job is no longer in this worker's hands: cancelled, or taken over."""


def claim_import(job_id: int) -> ImportJob | None:
    """Take the job in hand: queued ones, and running ones whose worker has been silent. None when there is nothing to
    do.
    """
    lease, at = uuid.uuid4(), now()
    silent = Q(state=ImportState.RUNNING, heartbeat_at__lt=at - STALLED_AFTER)
    free = ImportJob.objects.filter(Q(state=ImportState.QUEUED) | silent, pk=job_id)
    if not free.update(state=ImportState.RUNNING, lease=lease, heartbeat_at=at, attempts=F("attempts") + 1):
        return None
    ImportJob.objects.filter(pk=job_id, started_at=None).update(started_at=at)
    return ImportJob.objects.select_related("source", "requested_by").get(pk=job_id)


def run_import(job_id: int) -> ImportJob | None:
    """Import the file of a queued job to its end.

    Afterwards the job is done with its counts, or failed with the reason, as also where its source was frozen
    meanwhile; what was stored until then stays, and starting it again goes on behind it. A call for a job that another
    worker has in hand, or that has ended, does nothing.
    Refuses: nothing. Announces: `customers.import.finished`.
    """
    job = claim_import(job_id)
    if job is None:
        return None
    with correlation.bind(job.correlation_id):
        log.info("import.started", job=job.pk, position=job.position)
        try:
            _check_may_run(job)
            _read_all(job)
        except _Lost:
            log.info("import.lost", job=job.pk)
        except DomainError as error:
            _end(job, "fail", error.detail)
        except OSError as error:
            _end(job, "fail", f"The file cannot be read any more ({error.strerror}). Upload it again.")
    return ImportJob.objects.get(pk=job_id)


def _actor(job: ImportJob) -> Actor:
    return job.requested_by or SYSTEM


def _check_may_run(job: ImportJob) -> None:
    if job.attempts > MAX_ATTEMPTS:
        raise WrongImportState(
            f"Given up after {MAX_ATTEMPTS} workers stopped in the middle of this import. What was stored stays."
        )
    # Rights may have been taken between the click and now.
    ImportPolicy().require(_actor(job), "run")


def _read_all(job: ImportJob) -> None:
    _, reader = open_file(uploads_folder() / job.path)
    facts = attribute_facts_for(viewer=_actor(job))
    # An attribute may have gone out of sight since the plan; its column is then left out, never the whole file.
    mapping = {c: t for c, t in job.mapping.items() if t in facts or t == "external_id"}
    records = reader.records()
    seen = _passed_over(records, job)
    rows = read_rows(reader, records, mapping, facts, keeps_empty=job.keeps_empty)
    while batch := list(islice(rows, BATCH)):
        _store(job, batch, seen)
        if job.counts.get("refused", 0) >= MAX_REFUSED:
            _end(
                job,
                "fail",
                f"Stopped at row {job.position:,}: {job.counts['refused']:,} rows were refused, so the file does not "
                "fit its mapping. Look at the reasons, correct the file or the mapping, and import it again.",
            )
            return
    _end(job, "finish", "")


def _passed_over(records: Iterator[Record], job: ImportJob) -> set[int]:
    """Marks of the ids in the rows that an earlier worker stored; the records stand behind them afterwards."""
    column = id_column(job.mapping) or ""
    refused = set(job.quarantine.values_list("line", flat=True))
    seen: set[int] = set()
    for record in islice(records, job.position):
        if record.line in refused:
            continue
        with suppress(ValueRefused):
            seen.add(hash(checked_external_id(record.cells.get(column))))
    return seen


def _repeats(batch: list[ReadRow], seen: set[int]) -> Iterator[ReadRow]:
    # 64-bit hashes, not ids: a million ids would take a hundred megabytes. They are counted, nothing hangs on them.
    for row in batch:
        if row.errors:
            continue
        mark = hash(row.external_id)
        if mark in seen:
            yield row
        seen.add(mark)


@transaction.atomic
def _store(job: ImportJob, batch: list[ReadRow], seen: set[int]) -> None:
    held = ImportJob.objects.select_for_update().get(pk=job.pk)
    if held.state != ImportState.RUNNING or held.lease != job.lease:
        raise _Lost
    require_flowing(job.source.key)
    good = [row for row in batch if not row.errors]
    refused = [row for row in batch if row.errors]
    unique = combined((row.external_id, row.values) for row in good)
    repeats = list(_repeats(batch, seen))
    merged = merge_rows(unique, cause=ChangeCause.CORRECTION if job.is_correction else ChangeCause.DATA)
    QuarantinedRow.objects.bulk_create([_quarantined(job, row) for row in refused], batch_size=1000)
    counts: dict[str, Any] = {name: held.counts.get(name, 0) for name in COUNTS}
    counts["created"] += len(merged.created)
    counts["changed"] += len(merged.changed)
    counts["unchanged"] += merged.unchanged_count
    counts["refused"] += len(refused)
    counts["repeated"] += len(repeats)
    examples = held.counts.get("repeat_examples", [])
    counts["repeat_examples"] = [*examples, *([row.external_id, row.record.line] for row in repeats)][:_EXAMPLES]
    job.counts, job.position, job.heartbeat_at = counts, held.position + len(batch), now()
    job.row_count = max(job.row_count, job.position)
    job.save(update_fields=["counts", "position", "heartbeat_at", "row_count"])


def _quarantined(job: ImportJob, row: ReadRow) -> QuarantinedRow:
    return QuarantinedRow(
        job=job, line=row.record.line, external_id=row.external_id, errors=row.errors, raw=row.record.kept()
    )


@transaction.atomic
def _end(job: ImportJob, deed: str, error: str) -> None:
    held = locked_import(job.pk)
    if held.state != ImportState.RUNNING or held.lease != job.lease:
        return
    move(held, deed)
    held.error, held.ended_at, held.lease = error, now(), None
    if deed == "finish":
        held.row_count = held.position
    held.save(update_fields=["state", "error", "ended_at", "lease", "row_count"])
    stored = sum(held.counts.get(name, 0) for name in COUNTS[:3])
    if stored:
        record_load(held.source, stored, held)
    log.info("import.finished", job=held.pk, state=held.state, **{name: held.counts.get(name, 0) for name in COUNTS})
    announce(finished_fact(held), actor=_actor(held))


def waiting_imports() -> list[int]:
    """Imports that are queued or running and of which nothing was heard for a while."""
    before = now() - STALLED_AFTER
    silent = Q(state=ImportState.RUNNING, heartbeat_at__lt=before) | Q(state=ImportState.QUEUED, queued_at__lt=before)
    return list(ImportJob.objects.filter(silent).order_by("pk").values_list("pk", flat=True))
