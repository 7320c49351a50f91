"""Asks for files of members, cancels them, tries them again, and lets them go."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.errors import Invalid
from ledger.services import announce
from memberships.choices import ExportState
from memberships.errors import ExportNotFound, ExportNotReady, TooManyExports
from memberships.events import ExportDownloaded, ExportRequested
from memberships.models import Export
from memberships.policies import ExportPolicy
from memberships.selectors.exporting import change_total, checked_columns
from memberships.selectors.exports import exports_folder
from memberships.selectors.lists import list_for, members_of_list, text_of
from memberships.selectors.members import stamp_at
from memberships.selectors.reading import members_at
from taxonomy.selectors import headings, segment_for

log = structlog.get_logger(__name__)

TASK = "memberships.write_export"
MOST_OPEN = 5
MAX_ATTEMPTS = 3
SILENT_AFTER = timedelta(seconds=60)
RESEND_AFTER = timedelta(seconds=20)
_OPEN = (ExportState.QUEUED, ExportState.RUNNING)
LOST = "The worker stopped three times while it wrote this file. Check memory and disk of the machine, then try again."


@transaction.atomic
def request_export(
    *, actor: Actor, what: dict[str, Any], format: str, columns: Sequence[str] = (), mark: bool = False
) -> Export:
    """Ask for a file of {"of": "members", "segment", "at"}, {"of": "list", "list"} or {"of": "changes", "segment",
    "since"}.

    Afterwards it is queued, and what it will hold is settled: the state of this moment, whenever it is written.
    Refuses: NotAllowed, NotFound, Invalid, UnknownColumn, NotComputed, ListDiscarded, TooManyExports.
    Announces: memberships.export.requested.
    """
    ExportPolicy().require(actor, "request")
    if format not in ("csv", "parquet"):
        raise Invalid("A file is csv or parquet.", code="unknown_format", pointer="/format")
    if Export.objects.filter(asked_by_id=actor.pk, state__in=_OPEN).count() >= MOST_OPEN:
        raise TooManyExports(f"{MOST_OPEN} of your files are under way. Wait for one, or cancel one.")
    kind = _kind(what)
    wanted = checked_columns(actor, columns, of=kind)
    title, stamp, total, more = _SETTLED[kind](actor, what)
    export = Export.objects.create(
        what={"of": kind, "columns": wanted, "mark": mark, **more},
        title=title[:200],
        format=format,
        stamp=stamp,
        total=total,
        asked_by_id=actor.pk,
        asked_at=now(),
    )
    transaction.on_commit(partial(send_export, export.pk), robust=True)
    fact = ExportRequested(export_id=export.pk, what=title[:200], format=format, columns=wanted[:50])
    announce(fact, actor=actor)
    return export


def _kind(what: dict[str, Any]) -> str:
    kind = what.get("of")
    if kind not in _SETTLED:
        raise Invalid("A file is of members, of a list or of changes.", code="unknown_subject", pointer="/of")
    return str(kind)


def _members(actor: Actor, what: dict[str, Any]) -> tuple[str, dict[str, Any], int, dict[str, Any]]:
    segment = segment_for(viewer=actor, key=str(what.get("segment", "")))
    at: datetime | None = what.get("at")
    stamp = stamp_at(segment.key, at)
    total = len(members_at([stamp.position])[stamp.position.segment_id])
    when = f" at {at:%Y-%m-%d %H:%M}" if at else ""
    settled = {
        "version": stamp.version_number,
        "run": stamp.run_id,
        "as_of": stamp.as_of.isoformat() if stamp.as_of else None,
        "position": [stamp.position.segment_id, stamp.position.snapshot_id, stamp.position.through],
    }
    named = {"segment": segment.key, "at": at.isoformat() if at else None}
    return f"Members of {_name(segment.key)}{when}", settled, total, named


def _list(actor: Actor, what: dict[str, Any]) -> tuple[str, dict[str, Any], int, dict[str, Any]]:
    found = list_for(viewer=actor, list_id=int(what.get("list") or 0))
    total = len(members_of_list(found.pk))
    settled = {"expression": text_of(found), "as_of": found.at.isoformat(), "grounds": found.grounds}
    return f"List “{found.name}”", settled, total, {"list": found.pk}


def _changes(actor: Actor, what: dict[str, Any]) -> tuple[str, dict[str, Any], int, dict[str, Any]]:
    segment = segment_for(viewer=actor, key=str(what.get("segment", "")))
    since: datetime | None = what.get("since")
    stamp = stamp_at(segment.key)
    position = stamp.position
    settled = {
        "version": stamp.version_number,
        "run": stamp.run_id,
        "as_of": stamp.as_of.isoformat() if stamp.as_of else None,
        "position": [position.segment_id, position.snapshot_id, position.through],
    }
    when = f" since {since:%Y-%m-%d %H:%M}" if since else ""
    total = change_total(position.segment_id, since, position.through)
    named = {"segment": segment.key, "since": since.isoformat() if since else None}
    return f"Changes of {_name(segment.key)}{when}", settled, total, named


_SETTLED = {"members": _members, "list": _list, "changes": _changes}


def _name(key: str) -> str:
    found = headings([key]).get(key)
    return found.name if found else key


def send_export(export_id: int) -> bool:
    """Tell a worker that a file waits; whether the broker took it. The reaper repeats what was lost."""
    try:
        current_app.send_task(TASK, args=[export_id], retry=False)
    except Exception as error:  # noqa: BLE001
        # Whatever the transport raises, the row stands and the reaper sends it again.
        log.warning("export.unsent", export=export_id, error=type(error).__name__)
        return False
    return True


@transaction.atomic
def cancel_export(*, actor: Actor, export_id: int) -> Export:
    """Stop a file that waits or is being written; afterwards it is cancelled, and its worker stops at the next slice.

    Refuses: ExportNotFound, NotAllowed, ExportNotReady when it has ended.
    """
    export = _locked(actor, export_id)
    if export.state not in _OPEN:
        raise ExportNotReady(f"This file is {export.get_state_display().lower()}; there is nothing to cancel.")
    export.state, export.ended_at = ExportState.CANCELLED, now()
    export.save(update_fields=["state", "ended_at"])
    return export


@transaction.atomic
def retry_export(*, actor: Actor, export_id: int) -> Export:
    """Try a failed or cancelled file again; it will hold what it was to hold at first.

    Refuses: ExportNotFound, NotAllowed, ExportNotReady in any other state.
    """
    export = _locked(actor, export_id)
    if export.state not in (ExportState.FAILED, ExportState.CANCELLED):
        raise ExportNotReady(f"This file is {export.get_state_display().lower()}; only a failed one is tried again.")
    export.state, export.attempts, export.error, export.done = ExportState.QUEUED, 0, "", 0
    export.ended_at = export.heartbeat_at = None
    export.save(update_fields=["state", "attempts", "error", "done", "ended_at", "heartbeat_at"])
    transaction.on_commit(partial(send_export, export.pk), robust=True)
    return export


@transaction.atomic
def take_file(*, actor: Actor, export_id: int) -> tuple[Export, Path]:
    """The file, for who asked for it and still may see everything in it.

    Refuses: ExportNotFound, NotAllowed, UnknownColumn where a column is no longer open, ExportNotReady.
    Announces: memberships.export.downloaded.
    """
    export = _locked(actor, export_id)
    ExportPolicy().require(actor, "download", export)
    checked_columns(actor, export.what["columns"], of=export.what["of"])
    path = exports_folder() / export.path
    if export.state != ExportState.DONE or not path.is_file():
        raise ExportNotReady(f"This file is {export.get_state_display().lower()}. Ask for it anew if you need it.")
    announce(ExportDownloaded(export_id=export.pk), actor=actor)
    return export, path


def reap_exports() -> int:
    """Give files of dead workers another try, send waiting ones again, remove those whose time is over.

    How many messages went out. Safe at any time and in parallel.
    """
    moment = now()
    silent = Export.objects.filter(state=ExportState.RUNNING, heartbeat_at__lt=moment - SILENT_AFTER)
    silent.filter(attempts__gte=MAX_ATTEMPTS).update(state=ExportState.FAILED, error=LOST, ended_at=moment)
    silent.filter(attempts__lt=MAX_ATTEMPTS).update(state=ExportState.QUEUED)
    over = Export.objects.filter(state=ExportState.DONE, expires_at__lt=moment)
    for export in over.iterator(100):
        (exports_folder() / export.path).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(state=ExportState.EXPIRED, path="")
    _remove_strangers(moment)
    waiting = Export.objects.filter(state=ExportState.QUEUED, asked_at__lt=moment - RESEND_AFTER).order_by("pk")
    return sum(send_export(pk) for pk in waiting.values_list("pk", flat=True))


def _remove_strangers(moment: datetime) -> None:
    """Remove what dead workers left: files that no export names, older than an hour."""
    folder = exports_folder()
    if not folder.is_dir():
        return
    named = set(Export.objects.exclude(path="").values_list("path", flat=True))
    for path in folder.iterdir():
        if path.name not in named and path.is_file() and path.stat().st_mtime < moment.timestamp() - 3600:
            path.unlink(missing_ok=True)


def expiry() -> datetime:
    """When a file that is written now goes."""
    return now() + timedelta(days=settings.SEGPORTAL_EXPORT_DAYS)


def _locked(actor: Actor, export_id: int) -> Export:
    export = Export.objects.select_for_update().filter(pk=export_id, asked_by_id=actor.pk).first()
    if export is None:
        raise ExportNotFound(f"There is no file {export_id} of yours.")
    return export
