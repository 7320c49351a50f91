"""Files of members that were asked for, with their progress."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from common.clock import now
from memberships.choices import ExportState
from memberships.errors import ExportNotFound
from memberships.models import Export
from memberships.policies import ExportPolicy

OPEN = (ExportState.QUEUED, ExportState.RUNNING)


@dataclass(frozen=True)
class Pace:
    """How far a file is: rows a second and seconds left, None while that is not known."""

    rate: float | None
    seconds: float | None


def exports_folder() -> Path:
    """The folder of the files, beside that of the uploads."""
    return Path(settings.MEDIA_ROOT).parent / "exports"


def exports_for(*, viewer: Any) -> QuerySet[Export]:
    """The files that the viewer may know of, newest first."""
    return ExportPolicy().visible(viewer).select_related("asked_by").order_by("-pk")


def export_for(*, viewer: Any, export_id: int) -> Export:
    """One file of the viewer's own. Raises ExportNotFound."""
    found = exports_for(viewer=viewer).filter(pk=export_id, asked_by_id=viewer.pk).first()
    if found is None:
        raise ExportNotFound(f"There is no file {export_id} of yours.")
    return found


def pace_of(export: Export) -> Pace:
    """The pace of a file that is being written."""
    if export.state != ExportState.RUNNING or export.started_at is None or not export.done:
        return Pace(None, None)
    taken = max(0.001, (now() - export.started_at).total_seconds())
    rate = export.done / taken
    return Pace(rate, max(0, export.total - export.done) / rate)


def name_of(export: Export) -> str:
    """The name of the file for who takes it: what it is of and of which state, in plain letters."""
    of, stamp = export.what["of"], export.stamp
    subject = f"list-{export.what['list']}" if of == "list" else f"{export.what['segment']}-{of}"
    state = f"-version-{stamp['version']}-run-{stamp['run']}" if "version" in stamp else ""
    return f"{subject}{state}.{export.format}"
