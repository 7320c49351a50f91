"""The playbook of a segment, as a page, a document and a list."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from playbooks.choices import VersionState
from playbooks.content import CheckedContent, checked
from playbooks.errors import NoPlaybook
from playbooks.models import ContentReview, PlaybookVersion, ReadReceipt
from playbooks.policies import PlaybookPolicy
from playbooks.selectors.retirement import retired_playbook
from taxonomy.selectors import LiveContent as LiveSegment
from taxonomy.selectors import live_content as live_segment


@dataclasses.dataclass(frozen=True)
class LiveContent:
    """The playbook in force: its version number and full content."""

    version_number: int
    content: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class PlaybookPage:
    """What the page of a playbook shows to one viewer."""

    version: PlaybookVersion
    segment: LiveSegment | None
    is_behind: bool
    review: ContentReview | None
    is_confirmed: bool
    last_confirmed: int | None
    why_not_confirm_fit: str | None


def _active() -> QuerySet[PlaybookVersion]:
    return PlaybookVersion.objects.filter(state=VersionState.ACTIVE).select_related("playbook__segment")


def live_version(segment_key: str) -> PlaybookVersion:
    """The version in force, or `NoPlaybook`."""
    found = _active().filter(playbook__segment__key=segment_key).first()
    if found is None:
        gone = retired_playbook(segment_key)
        raise NoPlaybook(gone.words if gone else f"{segment_key} has no playbook yet. Its owner can propose one.")
    return found


def live_content(segment_key: str) -> LiveContent | None:
    """The content in force, None when the segment has no playbook."""
    found = _active().filter(playbook__segment__key=segment_key).first()
    return LiveContent(found.number, found.content) if found else None


def checked_content(content: Mapping[str, Any], *, segment_key: str, kind: str) -> CheckedContent:
    """The content, normalised, with warnings. Raises `Invalid` with pointers."""
    return checked(content)


def playbooks_for(*, viewer: Any) -> QuerySet[PlaybookVersion]:
    """Versions in force that the viewer may read, by segment key; `is_confirmed` says whether they have read it."""
    read = ReadReceipt.objects.filter(version=OuterRef("pk"), user_id=viewer.pk)
    behind = ContentReview.objects.filter(playbook=OuterRef("playbook"), closed_at=None)
    return (
        _active()
        .filter(playbook__in=PlaybookPolicy().visible(viewer))
        .annotate(is_confirmed=Exists(read), is_behind=Exists(behind))
        .order_by("playbook__segment__key")
    )


def versions_of(segment_key: str) -> QuerySet[PlaybookVersion]:
    """Every version, newest first."""
    return PlaybookVersion.objects.filter(playbook__segment__key=segment_key).order_by("-number")


def open_reviews() -> QuerySet[ContentReview]:
    """Playbooks whose segment's rule changed after they were written, oldest first."""
    return ContentReview.objects.filter(closed_at=None).select_related("playbook__segment").order_by("opened_at")


def playbook_page(*, viewer: Any, segment_key: str) -> PlaybookPage:
    """The playbook with what this viewer needs to know about it."""
    version = live_version(segment_key)
    segment = live_segment(segment_key)
    review = ContentReview.objects.filter(playbook=version.playbook, closed_at=None).order_by("-opened_at").first()
    confirmed = list(
        ReadReceipt.objects.filter(user_id=viewer.pk, version__playbook=version.playbook)
        .order_by("-version__number")
        .values_list("version__number", flat=True)
    )
    return PlaybookPage(
        version=version,
        segment=segment,
        is_behind=segment is not None and segment.version_number > version.segment_version_number,
        review=review,
        is_confirmed=version.number in confirmed,
        last_confirmed=confirmed[0] if confirmed else None,
        why_not_confirm_fit=PlaybookPolicy().reason(viewer, "confirm_fit", version.playbook),
    )
