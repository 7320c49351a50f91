"""Reading announcements, how far they have come, and what waits for a person."""

import dataclasses
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.urls import reverse

from activation.choices import Kind
from activation.errors import NoSuchNotice
from activation.models import Announcement, Notice, Step
from activation.policies import AnnouncementPolicy
from activation.states import OPEN
from common.panels import HomeItem, HomePanel
from taxonomy.selectors import headings

_SHOWN = 4


@dataclasses.dataclass(frozen=True)
class Story:
    """An announcement as one person reads it: its steps in order, where it leads, and what the person may do."""

    announcement: Announcement
    segment_name: str
    steps: list[Step]
    links: list[tuple[str, str]]
    can_acknowledge: bool
    why_not: str


def notices_for(*, viewer: Any) -> QuerySet[Notice]:
    """The viewer's own notices, unread first, then newest first."""
    is_read = ExpressionWrapper(Q(seen_at__isnull=False), output_field=BooleanField())
    return (
        Notice.objects.filter(person_id=viewer.pk, step__announcement__in=AnnouncementPolicy().visible(viewer))
        .select_related("step__announcement", "step__acknowledged_by")
        .prefetch_related("step__announcement__steps__acknowledged_by")
        .alias(is_read=is_read)
        .order_by("is_read", "-pk")
    )


def unread_count(viewer: Any) -> int:
    """How many of the viewer's notices nobody has opened for them yet."""
    return Notice.objects.filter(person_id=viewer.pk, seen_at__isnull=True).count()


def announcement_for(*, viewer: Any, announcement_id: int) -> Announcement:
    """One announcement with its steps. Raises `NoSuchNotice`."""
    rows = AnnouncementPolicy().visible(viewer).prefetch_related("steps__acknowledged_by")
    found = rows.filter(pk=announcement_id).first()
    if found is None:
        raise NoSuchNotice(f"There is no notice {announcement_id}, or it is not open to you.")
    return found


def story_for(*, viewer: Any, announcement_id: int) -> Story:
    """One announcement as the viewer reads it. Raises `NoSuchNotice`."""
    found = announcement_for(viewer=viewer, announcement_id=announcement_id)
    steps = list(found.steps.all())
    why_not = AnnouncementPolicy().reason(viewer, "acknowledge", found) or ""
    open_steps = [step for step in steps if step.state in OPEN]
    can = not why_not and Notice.objects.filter(step__in=open_steps, person_id=viewer.pk).exists()
    heading = headings([found.segment_key]).get(found.segment_key)
    return Story(found, heading.name if heading else found.segment_key, steps, links_of(found), can, why_not)


def links_of(announcement: Announcement) -> list[tuple[str, str]]:
    """(words, address) of what the announcement is about."""
    key, number = announcement.segment_key, announcement.version_number
    found = [(f"Version {number}", reverse("taxonomy:version", args=[key, number]))]
    if announcement.run_id is not None:
        found.append((f"Run {announcement.run_id}", reverse("memberships:run", args=[announcement.run_id])))
    if announcement.kind == Kind.ENACTED and announcement.request_ref.isdecimal():
        request = int(announcement.request_ref)
        found.append((f"Request {request}", reverse("reviews:request", args=[request])))
    return found


def home_panels(viewer: Any) -> list[HomePanel]:
    """Notices that wait for the viewer's function."""
    rows = notices_for(viewer=viewer).filter(step__state__in=OPEN).prefetch_related(None)
    shown = list(rows[:_SHOWN])
    if not shown:
        return []
    total = len(shown) if len(shown) < _SHOWN else rows.count()
    items = [_item(notice) for notice in shown]
    return [HomePanel("activation-notices", "Notices", 25, items, "", reverse("activation:notices"), total=total)]


def _item(notice: Notice) -> HomeItem:
    announcement = notice.step.announcement
    return HomeItem(
        title=announcement.sentence,
        url=reverse("activation:notice", args=[announcement.pk]),
        detail=f"for {notice.step.get_function_display()}",
        at=announcement.created_at,
        badge=None if notice.seen_at else "New",
        deed="Acknowledge",
        deed_url=reverse("activation:acknowledge", args=[announcement.pk]),
    )
