"""The brief of a segment, as a page, a document and a list."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from taxonomy.selectors import LiveContent as LiveSegment
from taxonomy.selectors import live_content as live_segment
from taxonomy.selectors import rule_catalogue
from training.choices import VersionState
from training.content import CheckedContent, checked
from training.errors import NoBrief
from training.models import BriefReview, BriefVersion, Progress
from training.policies import BriefPolicy
from training.selectors.retirement import retired_brief


@dataclasses.dataclass(frozen=True)
class LiveContent:
    """The brief in force: its version number and full content."""

    version_number: int
    content: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class BriefPage:
    """What the page of a brief shows to one viewer."""

    version: BriefVersion
    segment: LiveSegment | None
    review: BriefReview | None
    progress: Progress | None
    steps: int
    why_not_confirm_fit: str | None


def _active() -> QuerySet[BriefVersion]:
    return BriefVersion.objects.filter(state=VersionState.ACTIVE).select_related("brief__segment")


def live_version(segment_key: str) -> BriefVersion:
    """The version in force, or `NoBrief`."""
    found = _active().filter(brief__segment__key=segment_key).first()
    if found is None:
        gone = retired_brief(segment_key)
        raise NoBrief(gone.words if gone else f"{segment_key} has no brief yet. Its owner can propose one.")
    return found


def live_content(segment_key: str) -> LiveContent | None:
    """The content in force, None when the segment has no brief."""
    found = _active().filter(brief__segment__key=segment_key).first()
    return LiveContent(found.number, found.content) if found else None


def checked_content(content: Mapping[str, Any], *, segment_key: str, kind: str) -> CheckedContent:
    """The content, normalised, with warnings. Raises `Invalid` with pointers."""
    return checked(content, frozenset(rule_catalogue()))


def briefs_for(*, viewer: Any) -> QuerySet[BriefVersion]:
    """Versions in force that the viewer may read, by segment key."""
    return _active().filter(brief__in=BriefPolicy().visible(viewer)).order_by("brief__segment__key")


def versions_of(segment_key: str) -> QuerySet[BriefVersion]:
    """Every version, newest first."""
    return BriefVersion.objects.filter(brief__segment__key=segment_key).order_by("-number")


def open_reviews() -> QuerySet[BriefReview]:
    """Briefs whose segment's rule changed after they were written, oldest first."""
    return BriefReview.objects.filter(closed_at=None).select_related("brief__segment").order_by("opened_at")


def brief_page(*, viewer: Any, segment_key: str) -> BriefPage:
    """The brief with what this viewer needs to know about it."""
    version = live_version(segment_key)
    return BriefPage(
        version=version,
        segment=live_segment(segment_key),
        review=BriefReview.objects.filter(brief=version.brief, closed_at=None).order_by("-opened_at").first(),
        progress=Progress.objects.filter(user_id=viewer.pk, version=version).first(),
        steps=len(version.content["walkthrough"]["steps"]),
        why_not_confirm_fit=BriefPolicy().reason(viewer, "confirm_fit", version.brief),
    )
