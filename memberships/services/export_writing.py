"""Writes a file that was asked for, slice by slice, for as long as it is wanted."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.dateparse import parse_datetime

from common.actors import SYSTEM
from common.clock import now
from common.errors import DomainError
from ledger.services import announce
from memberships.choices import ExportState
from memberships.events import ExportWritten
from memberships.models import Export
from memberships.policies import ExportPolicy
from memberships.selectors.exporting import CHANGE_SCHEMA, change_frames, checked_columns, member_frames, schema_of
from memberships.selectors.exports import exports_folder
from memberships.selectors.lists import members_of_list
from memberships.selectors.reading import Position, members_at
from memberships.services.exports import MAX_ATTEMPTS, expiry

log = structlog.get_logger(__name__)

NO_ROOM = "The file could not be written; the disk may be full. An administrator can make room, then try again."
UNEXPECTED = "Writing the file failed three times. An administrator finds the cause in the log; then try again."


class _Lost(Exception):
    """The export was cancelled, or given to another worker."""


def write_export(export_id: int) -> Export | None:
    """Write one queued file to its end.

    Afterwards it is done with its size and its day of expiry, or failed with the reason in plain words. A second call
    for it, or one for a file that is cancelled meanwhile, does nothing. None when there was nothing to take.
    Announces: memberships.export.written.
    """
    export = _claimed(export_id)
    if export is None:
        return None
    part = exports_folder() / f"{export.pk}-{export.attempts}.part"
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        _write(export, part)
        _finish(export, part)
    except _Lost:
        log.info("export.lost", export=export.pk)
    except DomainError as error:
        _fail(export, error.detail)
    except OSError:
        log.exception("export.not_written", export=export.pk)
        _fail(export, NO_ROOM)
    except Exception:
        log.exception("export.failed", export=export.pk)
        _again(export)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Export.objects.get(pk=export_id)


def _claimed(export_id: int) -> Export | None:
    moment = now()
    free = Export.objects.filter(pk=export_id, state=ExportState.QUEUED)
    if not free.update(
        state=ExportState.RUNNING, attempts=F("attempts") + 1, started_at=moment, heartbeat_at=moment, done=0, error=""
    ):
        return None
    return Export.objects.select_related("asked_by").get(pk=export_id)


def _note(export: Export, **changes: Any) -> None:
    """Write progress and a sign of life. Raises _Lost when the hold is gone."""
    held = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, attempts=export.attempts)
    if not held.update(heartbeat_at=now(), **changes):
        raise _Lost


def _write(export: Export, path: Path) -> None:
    what = export.what
    # Rights may have been taken between the click and now.
    ExportPolicy().require(export.asked_by, "download", export)
    columns = checked_columns(export.asked_by, what["columns"], of=what["of"])
    changes = what["of"] == "changes"
    schema: Mapping[str, Any] = CHANGE_SCHEMA if changes else schema_of(export.asked_by, columns)
    frames = _noted(export, _frames(export, schema))
    if export.format == "csv":
        # Not on top: a process that forks afterwards must not have used Polars.
        from memberships.transports.csv_table import write_csv

        write_csv(path, frames, list(schema), mark=bool(what.get("mark")))
    else:
        from memberships.transports.parquet_table import write_parquet

        write_parquet(path, frames, schema)


def _frames(export: Export, schema: Mapping[str, Any]) -> Iterator[Any]:
    what = export.what
    if what["of"] == "list":
        return member_frames(members_of_list(what["list"]), schema, entries=None, as_of=now())
    position = Position(*export.stamp["position"])
    if what["of"] == "changes":
        return change_frames(position.segment_id, _instant(what["since"]), position.through)
    members = members_at([position])[position.segment_id]
    return member_frames(members, schema, entries=(position.segment_id, position.through), as_of=now())


def _instant(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _noted(export: Export, frames: Iterator[Any]) -> Iterator[Any]:
    """The frames, each noted as progress when the next one is asked for."""
    done = 0
    for frame in frames:
        done += frame.height
        yield frame
        _note(export, done=done)
    export.done = done


@transaction.atomic
def _finish(export: Export, part: Path) -> None:
    size = part.stat().st_size
    name = f"{export.pk}-{export.attempts}.{export.format}"
    # What was erased since it was asked for is not in the file.
    done = {"state": ExportState.DONE, "done": export.done, "total": export.done, "path": name, "bytes": size}
    _note(export, **done, ended_at=now(), expires_at=expiry())
    part.rename(part.with_name(name))
    announce(ExportWritten(export_id=export.pk, rows=export.done, bytes=size), actor=SYSTEM)


def _fail(export: Export, reason: str) -> None:
    held = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, attempts=export.attempts)
    held.update(state=ExportState.FAILED, error=reason[:300], ended_at=now())


def _again(export: Export) -> None:
    if export.attempts >= MAX_ATTEMPTS:
        _fail(export, UNEXPECTED)
        return
    held = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING, attempts=export.attempts)
    held.update(state=ExportState.QUEUED)
