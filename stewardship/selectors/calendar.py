"""One calendar: rituals and their next dates, sessions, audits, findings and reviews that are due."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from common.clock import now
from stewardship.choices import CampaignState, OccurrenceType
from stewardship.errors import NoSuchThing
from stewardship.models import Campaign, Occurrence, Ritual
from stewardship.policies import UpkeepPolicy
from stewardship.selectors.kept import things


@dataclass(frozen=True)
class Entry:
    """One day's line: what it is for, what it is, where it stands."""

    on: date
    kind: str
    type: str
    title: str
    url: str
    is_overdue: bool
    is_done: bool = False


def rituals_for(*, viewer: Any, with_ended: bool = False) -> QuerySet[Ritual]:
    """The rituals that the viewer may see, the next one first."""
    rows = Ritual.objects.select_related("owner")
    if not UpkeepPolicy().can(viewer, "view"):
        return rows.none()
    return rows if with_ended else rows.filter(ended_at=None)


def ritual_for(*, viewer: Any, ritual_id: int) -> Ritual:
    """One ritual. Raises `NoSuchThing`."""
    found = rituals_for(viewer=viewer, with_ended=True).filter(pk=ritual_id).first()
    if found is None:
        raise NoSuchThing(f"There is no ritual {ritual_id}, or it is not open to you.")
    return found


def occurrences_for(*, viewer: Any) -> QuerySet[Occurrence]:
    """Everything that was held or is planned once, newest first."""
    rows = Occurrence.objects.select_related("ritual", "planned_by", "held_by")
    return rows if UpkeepPolicy().can(viewer, "view") else rows.none()


def occurrence_for(*, viewer: Any, occurrence_id: int) -> Occurrence:
    """One of them. Raises `NoSuchThing`."""
    found = occurrences_for(viewer=viewer).filter(pk=occurrence_id).first()
    if found is None:
        raise NoSuchThing(f"There is no session or meeting {occurrence_id}, or it is not open to you.")
    return found


def sessions_about(segment_key: str) -> QuerySet[Occurrence]:
    """What was held about a segment, newest first."""
    return Occurrence.objects.filter(segments__contains=[segment_key]).select_related("ritual", "held_by")


def calendar_for(*, viewer: Any, days: int = 180) -> list[Entry]:
    """What lies behind unheld and what comes within so many days, by day."""
    if not UpkeepPolicy().can(viewer, "view"):
        return []
    today, until = now().date(), now().date() + timedelta(days=days)
    found = [*_rituals(viewer, today, until), *_occurrences(today, until), *_audits(today), *_reviews(today, until)]
    return sorted(found, key=lambda entry: (entry.on, entry.kind, entry.title))


def _rituals(viewer: Any, today: date, until: date) -> list[Entry]:
    """Each ritual's next dates, as often as its cadence puts one within the time."""
    found = []
    for ritual in rituals_for(viewer=viewer):
        on, url = ritual.next_on, reverse("stewardship:ritual", args=[ritual.pk])
        while on <= until:
            kind = ritual.get_type_display()
            found.append(Entry(on, kind, ritual.type, ritual.name, url, on < today))
            # What is missed is held once, not as often as it was missed.
            on = max(on, today) + timedelta(days=ritual.every_days)
    return found


def _occurrences(today: date, until: date) -> list[Entry]:
    rows = Occurrence.objects.filter(on__gte=today - timedelta(days=90), on__lte=until)
    return [
        Entry(
            row.on,
            row.get_type_display(),
            row.type,
            row.title,
            reverse("stewardship:occurrence", args=[row.pk]),
            row.held_at is None and row.on < today,
            row.held_at is not None,
        )
        for row in rows
    ]


def _audits(today: date) -> list[Entry]:
    rows = Campaign.objects.filter(state=CampaignState.OPEN)
    return [
        Entry(
            row.due_on,
            "Audit due",
            OccurrenceType.AUDIT,
            row.name,
            reverse("stewardship:audit", args=[row.pk]),
            row.due_on < today,
        )
        for row in rows
    ]


def _reviews(today: date, until: date) -> list[Entry]:
    return [
        Entry(each.review_by, f"{each.kind} to review", "review", each.title, each.url, each.is_overdue)
        for each in things()
        if each.review_by <= until
    ]
