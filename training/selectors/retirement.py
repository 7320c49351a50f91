"""Briefs that are out of use: their last wording, and the one that took their place."""

import dataclasses
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from taxonomy.selectors import headings
from training.models import Brief, BriefVersion, Progress
from training.policies import BriefPolicy


@dataclasses.dataclass(frozen=True)
class RetiredBrief:
    """A brief out of use; the successor is the segment whose brief to read instead, None where none was named."""

    segment_key: str
    name: str
    at: datetime
    successor_key: str | None
    successor_name: str

    @property
    def words(self) -> str:
        """What happened to it, in a sentence."""
        instead = f"read that of {self.successor_name} instead" if self.successor_key else "none took its place"
        return f"The brief of {self.name} was retired on {self.at:%-d %B %Y}: {instead}."


def retired_brief(segment_key: str) -> RetiredBrief | None:
    """How the segment's brief went out of use; None where it is in use or there was never one."""
    return next(iter(_told(_retired().filter(segment__key=segment_key))), None)


def retired_briefs_for(*, viewer: Any) -> list[RetiredBrief]:
    """Those out of use that the viewer may read, by segment key."""
    return _told(_retired().filter(pk__in=BriefPolicy().visible(viewer)).order_by("segment__key"))


def last_version(segment_key: str) -> BriefVersion | None:
    """The newest wording, whether or not it is in force."""
    rows = BriefVersion.objects.filter(brief__segment__key=segment_key).select_related("brief__segment")
    return rows.order_by("-number").first()


def possible_successors(*, viewer: Any, but: str = "") -> list[tuple[str, str]]:
    """(segment key, name) of the briefs in force that could take the place of another, by name."""
    rows = BriefPolicy().visible(viewer).filter(versions__state="active").exclude(segment__key=but)
    found = headings(rows.values_list("segment__key", flat=True))
    return sorted(((key, heading.name) for key, heading in found.items()), key=lambda row: row[1].casefold())


def learner_count(segment_key: str) -> tuple[int, int]:
    """How many people are in the walkthrough in force, and how many completed it."""
    rows = Progress.objects.filter(version__brief__segment__key=segment_key, version__state="active")
    return rows.filter(completed_at=None).count(), rows.exclude(completed_at=None).count()


def _retired() -> QuerySet[Brief]:
    return Brief.objects.filter(retired_at__isnull=False).select_related("segment", "successor__segment")


def _told(rows: QuerySet[Brief]) -> list[RetiredBrief]:
    found = list(rows)
    if not found:
        return []
    named = headings(
        key for row in found for key in (row.segment.key, row.successor.segment.key if row.successor else "") if key
    )
    told = []
    for row in found:
        heir = row.successor.segment.key if row.successor else None
        assert row.retired_at is not None  # noqa: S101  (filtered so)
        told.append(
            RetiredBrief(
                segment_key=row.segment.key,
                name=named[row.segment.key].name,
                at=row.retired_at,
                successor_key=heir,
                successor_name=named[heir].name if heir else "",
            )
        )
    return told
