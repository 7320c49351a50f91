"""Plans, changes, starts and cancels imports of files."""

from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO, Any

from django.db import transaction

from common import correlation
from common.actors import SYSTEM, Actor
from common.clock import now
from common.errors import DomainError, Invalid
from customers.choices import ImportState, SourceKind
from customers.errors import NoSuchImport, NoSuchSource, UnreadableFile, WrongImportState
from customers.events import ImportFinished, ImportRequested
from customers.models import ImportJob, Source
from customers.policies import ImportPolicy
from customers.selectors import mappable_for, source_by_key
from customers.services.planning import make_plan
from customers.services.sources import define_source
from customers.services.stops import require_flowing
from customers.services.uploads import drop_upload, keep_upload, uploads_folder
from customers.states import next_state
from customers.transports import open_file
from ledger.services import announce

DEFAULT_SOURCE = "file"
COUNTS = ("created", "changed", "unchanged", "refused", "repeated")


def shown_name(name: str) -> str:
    """The last part of the name that the client gave the file, printable; it never names a file of the portal."""
    last = PureWindowsPath(PurePosixPath(name or "").name).name
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in last)[:200] or "file"


def plan_import(
    *,
    actor: Actor,
    source_key: str,
    name: str,
    content: IO[bytes],
    mapping: Mapping[str, Any] | None = None,
    keeps_empty: bool = False,
    is_correction: bool = False,
) -> ImportJob:
    """Keep the file and plan its import; nothing of it is stored as customers' data yet. `is_correction`: the file
    corrects values that were wrong, which is told as the cause of what it changes.

    Afterwards a job in the state planned holds the mapping (given or guessed) and the plan (see `planning.make_plan`).
    Refuses: `NotAllowed`; `NoSuchSource`; `SourceFrozen`; `UploadTooLarge`; `NoRoom`; `UnreadableFile`; `Invalid` for a
    wrong mapping. A refused file leaves nothing behind. Announces: nothing; a plan decides nothing.
    """
    ImportPolicy().require(actor, "run")
    source = source_by_key(source_key)
    with transaction.atomic():
        require_flowing(source.key)
    upload = keep_upload(content)
    try:
        kind, reader = open_file(uploads_folder() / upload.name)
        facts = mappable_for(viewer=actor)
        chosen, plan = make_plan(reader, mapping, facts, keeps_empty=keeps_empty)
    except DomainError:
        drop_upload(upload.name)
        raise
    earlier = ImportJob.objects.filter(digest=upload.digest, state=ImportState.DONE).order_by("-pk").first()
    if earlier is not None:
        plan["notes"].append(f"This very file was imported before, as import {earlier.pk}.")
    return ImportJob.objects.create(
        source=source,
        file_name=shown_name(name),
        path=upload.name,
        format=kind,
        size_bytes=upload.size,
        digest=upload.digest,
        mapping=chosen,
        keeps_empty=keeps_empty,
        is_correction=is_correction,
        plan=plan,
        row_count=plan["rows_expected"],
        requested_by_id=actor.pk,
        correlation_id=correlation.current(),
        created_at=now(),
    )


def default_source(*, actor: Actor) -> Source:
    """The source of files that nobody said more about: `file`, defined when it is first needed.

    Refuses: `NotAllowed`. Announces: `customers.source.defined` that first time.
    """
    try:
        return source_by_key(DEFAULT_SOURCE)
    except NoSuchSource:
        content = {
            "name": "Files",
            "kind": SourceKind.FILE.value,
            "description": "Files imported without naming a source.",
            "freshness_hours": 24 * 365,
        }
        return define_source(actor=actor, key=DEFAULT_SOURCE, content=content)


@transaction.atomic
def discard_plan(*, actor: Actor, job_id: int) -> None:
    """Remove a plan that was never started, with its file.

    Refuses: `NotAllowed`; `NoSuchImport`; `WrongImportState`. Announces: nothing; a plan decides nothing.
    """
    ImportPolicy().require(actor, "run")
    job = locked_import(job_id)
    if job.state != ImportState.PLANNED:
        raise WrongImportState(f"Import {job.pk} is {job.get_state_display().lower()}; only a plan can be discarded.")
    name = job.path
    job.delete()
    transaction.on_commit(lambda: drop_upload(name))


def locked_import(job_id: int) -> ImportJob:
    """The job, its row locked until the end of the transaction."""
    job = (
        ImportJob.objects.select_for_update(of=("self",))
        .select_related("source", "requested_by")
        .filter(pk=job_id)
        .first()
    )
    if job is None:
        raise NoSuchImport(f"There is no import {job_id}.")
    return job


def move(job: ImportJob, deed: str) -> None:
    """Put the locked job into the state that `deed` leads to, or raise `WrongImportState`."""
    state = next_state(job.state, deed)
    if state is None:
        raise WrongImportState(f"Import {job.pk} is {job.get_state_display().lower()}; that cannot be done now.")
    job.state = state


@transaction.atomic
def remap_import(*, actor: Actor, job_id: int, mapping: Mapping[str, Any], keeps_empty: bool) -> ImportJob:
    """Plan the import anew with another mapping of its columns.

    Refuses: `NotAllowed`; `NoSuchImport`; `WrongImportState` unless it is only planned; `Invalid` for a wrong mapping;
    `UnreadableFile` when the file is gone. Announces: nothing.
    """
    ImportPolicy().require(actor, "run")
    job = locked_import(job_id)
    if job.state != ImportState.PLANNED:
        raise WrongImportState(f"Import {job.pk} is {job.get_state_display().lower()}; its columns are settled.")
    path = uploads_folder() / job.path
    if not job.path or not path.is_file():
        raise UnreadableFile("The file was removed after the retention. Upload it again.", code="file_gone")
    _, reader = open_file(path)
    facts = mappable_for(viewer=actor)
    job.mapping, plan = make_plan(reader, mapping, facts, keeps_empty=keeps_empty)
    job.plan, job.keeps_empty, job.row_count = plan, keeps_empty, plan["rows_expected"]
    job.save(update_fields=["mapping", "plan", "keeps_empty", "row_count"])
    return job


@transaction.atomic
def start_import(*, actor: Actor, job_id: int) -> ImportJob:
    """Queue a planned import, or take up a failed or cancelled one where it stopped.

    Refuses: `NotAllowed`; `NoSuchImport`; `SourceFrozen`; `WrongImportState`; `Invalid` when the plan names something
    that blocks it.
    Announces: `customers.import.requested`, which sends the job to a worker.
    """
    ImportPolicy().require(actor, "run")
    job = locked_import(job_id)
    require_flowing(job.source.key)
    move(job, "start")
    if job.plan.get("blockers"):
        errors = [{"code": "blocked", "detail": text, "pointer": "/mapping"} for text in job.plan["blockers"]]
        raise Invalid(errors[0]["detail"], errors=errors)
    job.queued_at, job.ended_at, job.error, job.lease, job.attempts = now(), None, "", None, 0
    if actor is not SYSTEM:
        job.requested_by_id = actor.pk
    job.save(update_fields=["state", "queued_at", "ended_at", "error", "lease", "attempts", "requested_by"])
    announce(ImportRequested(job_id=job.pk, source_key=job.source.key), actor=actor)
    return job


@transaction.atomic
def cancel_import(*, actor: Actor, job_id: int) -> ImportJob:
    """Stop an import: at once when it waits, after the batch in hand when it runs. What was stored stays.

    Refuses: `NotAllowed`; `NoSuchImport`; `WrongImportState`. Announces: `customers.import.finished` (cancelled).
    """
    ImportPolicy().require(actor, "run")
    job = locked_import(job_id)
    move(job, "cancel")
    job.ended_at, job.lease = now(), None
    job.save(update_fields=["state", "ended_at", "lease"])
    announce(finished_fact(job), actor=actor)
    return job


def finished_fact(job: ImportJob) -> ImportFinished:
    """The fact that an import ended, with its counts."""
    counts = {name: int(job.counts.get(name, 0)) for name in COUNTS[:4]}
    return ImportFinished(job_id=job.pk, source_key=job.source.key, state=job.state, **counts)
