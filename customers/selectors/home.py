"""What the data storey shows on the home page of those who keep the data."""

from typing import Any

from django.urls import reverse

from common.panels import HomeItem, HomePanel
from customers.choices import ImportState
from customers.models import ImportJob
from customers.policies import ImportPolicy
from customers.selectors.imports import imports_for
from customers.selectors.sources import source_lines_for

_OPEN = (ImportState.PLANNED, ImportState.QUEUED, ImportState.RUNNING, ImportState.FAILED)


def home_panels(viewer: Any) -> list[HomePanel]:
    """Stale sources, and imports that wait, run, failed or left rows in quarantine; nothing for others."""
    if not ImportPolicy().can(viewer, "view"):
        return []
    stale = [
        HomeItem(
            title=f"{line.source.name} is stale",
            url=reverse("customers:source", args=[line.source.key]),
            detail=f"Data should come every {line.source.freshness_hours} h.",
            at=line.loaded_at,
            badge="stale",
            urgent=True,
        )
        for line in source_lines_for(viewer=viewer)
        if line.state == "stale"
    ]
    items = stale + [_item(job) for job in imports_for(viewer=viewer)[:20] if _concerns(job)][:5]
    return [
        HomePanel(
            "data",
            "Customer data",
            60,
            items,
            "Every source is fresh and no import waits.",
            reverse("customers:sources"),
        )
    ]


def _concerns(job: ImportJob) -> bool:
    return job.state in _OPEN or bool(job.state == ImportState.DONE and job.counts.get("refused"))


def _item(job: ImportJob) -> HomeItem:
    refused = job.counts.get("refused", 0)
    return HomeItem(
        title=f"Import {job.pk}: {job.file_name}",
        url=reverse("customers:import", args=[job.pk]),
        detail=f"{refused:,} rows in quarantine" if refused else job.source.name,
        at=job.ended_at or job.created_at,
        badge=job.state,
        urgent=job.state == ImportState.FAILED,
    )
