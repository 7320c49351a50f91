"""Everything that has a review-by date: segments, playbooks, terms; who answers for each, when it is due."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse

from accounts.selectors import people
from common.clock import now
from playbooks.selectors.upkeep import playbooks_in_force
from stewardship.choices import CYCLE_DAYS, Kept
from stewardship.errors import NoSuchThing
from stewardship.models import Cycle, Review
from taxonomy.selectors.upkeep import SegmentInForce, segments_in_force, terms_in_force


@dataclass(frozen=True)
class Thing:
    """One thing that stands. `since` is when its version came into force, `looked_at` when it was last found right."""

    type: str
    key: str
    title: str
    tier: str
    version_number: int
    since: datetime
    owner_ids: frozenset[int]
    path: tuple[str, ...]
    usual_days: int
    own_days: int | None = None
    looked_at: datetime | None = None

    @property
    def days(self) -> int:
        """Days between two looks."""
        return self.own_days or self.usual_days

    @property
    def review_by(self) -> date:
        """The day by which somebody is to look at it again."""
        return (max(self.since, self.looked_at or self.since) + timedelta(days=self.days)).date()

    @property
    def is_overdue(self) -> bool:
        """Whether that day is over."""
        return self.review_by < now().date()

    @property
    def kind(self) -> str:
        """Its type in words."""
        return str(Kept(self.type).label)

    @property
    def url(self) -> str:
        """Its page."""
        return reverse(_PAGES[self.type], args=[self.key])


_PAGES: dict[str, str] = {
    Kept.SEGMENT: "taxonomy:segment",
    Kept.PLAYBOOK: "playbooks:playbook",
    Kept.TERM: "taxonomy:term",
}


def things(*types: str) -> list[Thing]:
    """Everything of these types (all where none is named), what is due first; a query for each table."""
    segments = segments_in_force()
    cycles, looks = _cycles(), _looks()
    wanted = types or tuple(Kept.values)
    rows = [
        *(_of_segments(segments) if Kept.SEGMENT in wanted else ()),
        *(_of_playbooks(segments) if Kept.PLAYBOOK in wanted else ()),
        *(_of_terms() if Kept.TERM in wanted else ()),
    ]
    found = [_with(each, cycles, looks) for each in rows]
    return sorted(found, key=lambda each: (each.review_by, each.type, each.title))


def thing(type_: str, key: str) -> Thing:
    """One of them. Raises `NoSuchThing`."""
    for each in things(type_) if type_ in Kept.values else []:
        if each.key == key:
            return each
    raise NoSuchThing(f"There is no {type_[:20]} “{key[:63]}” in force.")


def review_dates(keys: Collection[str]) -> dict[str, date]:
    """Segment key -> the day by which it is to be looked at again."""
    return {each.key: each.review_by for each in things(Kept.SEGMENT) if each.key in keys}


def _cycles() -> dict[tuple[str, str], int]:
    return {(row.type, row.key): row.days for row in Cycle.objects.all()}


def _looks() -> dict[tuple[str, str], datetime]:
    newest = Review.objects.order_by("type", "key", "-at").distinct("type", "key")
    return {(type_, key): at for type_, key, at in newest.values_list("type", "key", "at")}


def _with(each: Thing, cycles: Mapping[tuple[str, str], int], looks: Mapping[tuple[str, str], datetime]) -> Thing:
    name = (each.type, each.key)
    return Thing(**{**vars(each), "own_days": cycles.get(name), "looked_at": looks.get(name)})


def _owners(segment: SegmentInForce) -> frozenset[int]:
    return frozenset(person.pk for person in segment.owners.values())


def _of_segments(segments: Iterable[SegmentInForce]) -> list[Thing]:
    return [
        Thing(
            Kept.SEGMENT,
            each.key,
            each.name,
            each.tier,
            each.number,
            each.enacted_at,
            _owners(each),
            each.path,
            CYCLE_DAYS[each.tier],
        )
        for each in segments
    ]


def _of_playbooks(segments: Iterable[SegmentInForce]) -> list[Thing]:
    by_key = {each.key: each for each in segments}
    return [
        Thing(
            Kept.PLAYBOOK,
            row.segment_key,
            f"Playbook of {segment.name}",
            "",
            row.number,
            row.enacted_at,
            _owners(segment),
            segment.path,
            CYCLE_DAYS[Kept.PLAYBOOK],
        )
        for row in playbooks_in_force()
        if (segment := by_key.get(row.segment_key)) is not None
    ]


def _of_terms() -> list[Thing]:
    rows = terms_in_force()
    known: dict[str, Any] = {}
    if rows:
        names = {row.owner.casefold() for row in rows}
        known = {name.casefold(): pk for pk, name in people().values_list("pk", "username") if name.casefold() in names}
    return [
        Thing(
            Kept.TERM,
            row.key,
            row.name,
            "",
            row.number,
            row.enacted_at,
            frozenset({known[row.owner.casefold()]} if row.owner.casefold() in known else ()),
            (),
            CYCLE_DAYS[Kept.TERM],
        )
        for row in rows
    ]
