"""Removes files that nothing needs any more, and raw rows after their retention."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from common.clock import now
from customers.choices import BuildState, ImportState
from customers.models import EventExtract, ImportJob, ProfileBuild, QuarantinedRow
from customers.selectors import builds_folder
from customers.services.uploads import drop_upload, uploads_folder

# What is younger may belong to somebody who is writing it this moment.
_YOUNG: Final = 3600.0


def sweep_uploads() -> int:
    """Remove the files of imports that ended, or were only planned, longer ago than the retention; how many went.

    Afterwards also the raw text of quarantined rows is gone after its own retention, and so are files that no import
    names.
    """
    at = now()
    before = at - timedelta(days=settings.SEGPORTAL_UPLOAD_DAYS)
    old = ImportJob.objects.exclude(path="").exclude(state__in=(ImportState.QUEUED, ImportState.RUNNING))
    removed = 0
    for job in old.filter(created_at__lt=before):
        drop_upload(job.path)
        ImportJob.objects.filter(pk=job.pk).update(path="")
        removed += 1
    kept_since = at - timedelta(days=settings.SEGPORTAL_QUARANTINE_DAYS)
    QuarantinedRow.objects.filter(job__ended_at__lt=kept_since).exclude(raw="").update(raw="")
    named = set(ImportJob.objects.exclude(path="").values_list("path", flat=True))
    return removed + _remove_strangers(uploads_folder(), named)


def sweep_builds() -> int:
    """Expire builds beyond the number that is kept, but for month-ends, and remove files that nothing names; how many.

    What names a file is a ready build, or the extract of events.
    """
    kept = settings.SEGPORTAL_BUILDS_KEPT
    with transaction.atomic():
        ready = ProfileBuild.objects.filter(state=BuildState.READY, month_end=None).order_by("-number")
        beyond = list(ready.values_list("pk", flat=True)[kept:])
        ProfileBuild.objects.filter(pk__in=beyond).update(state=BuildState.EXPIRED, expired_at=now())
    named: set[str] = set(EventExtract.objects.values_list("path", flat=True))
    for pair in ProfileBuild.objects.filter(state=BuildState.READY).values_list("base_path", "overlay_path"):
        named.update(pair)
    return _remove_strangers(builds_folder(), named)


def _remove_strangers(folder: Path, named: set[str]) -> int:
    if not folder.is_dir():
        return 0
    removed, limit = 0, time.time() - _YOUNG
    for path in folder.iterdir():
        if path.is_file() and path.name not in named and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
