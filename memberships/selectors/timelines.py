"""Everything that happened to one customer in the segments, newest first, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from common.actors import SYSTEM
from customers import selectors as customers
from memberships.choices import Cause
from memberships.models import Snapshot
from memberships.policies import MembershipPolicy
from memberships.selectors.chronicles import Turn, chronicles
from memberships.selectors.clauses import catalogue_of
from memberships.selectors.histories import ToldMove, Turning, told_history, turnings_from
from memberships.selectors.questions import asked
from taxonomy.rules import attributes_used
from taxonomy.selectors import VersionHeading, segment_for, version_headings

# Of so many rows of a page the values are looked up.
_LOOKED_UP = 6


@dataclass(frozen=True)
class TimelineRow:
    """One time that the customer entered or left one segment. `why` goes on after "because"; the two versions are equal
    unless the rule changed."""

    number: int
    at: datetime
    entered: bool
    segment_key: str
    segment_name: str
    tier: str
    cause: Cause
    why: str
    version_number: int
    previous_version_number: int | None
    run_id: int


@dataclass(frozen=True)
class TimelinePage:
    """Some rows, newest first; `next` is the number to go on before, None at the end."""

    external_id: str
    rows: list[TimelineRow]
    next: int | None


@dataclass(frozen=True)
class TimelineFilter:
    """What to tell: of one segment, of one cause, of a period; everything where nothing is named."""

    segment_key: str = ""
    cause: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, turn: Turn) -> bool:
        change = turn.change
        return (
            (not self.cause or change.cause == self.cause)
            and (self.since is None or change.published_at >= self.since)
            and (self.until is None or change.published_at <= self.until)
        )


def timeline_of(
    *, viewer: Any, external_id: str, wanted: TimelineFilter, before: int | None = None, limit: int = 50
) -> TimelinePage:
    """The moves of a customer, up to `limit` before the change numbered `before`. Raises NotAllowed and NotFound."""
    MembershipPolicy().require(viewer, "view_members")
    customer = customers.customer_for(viewer=viewer, external_id=external_id)
    ids = _segment_ids(viewer, wanted.segment_key)
    through = None if before is None else before - 1
    lines = [row.turns(customer.ordinal, through=through) for row in chronicles(ids).values()]
    newest_first = merge(*lines, key=lambda turn: -turn.change.number)
    found = list(islice((turn for turn in newest_first if wanted.holds(turn)), limit + 1))
    page = found[:limit]
    rows = _told(viewer, customer.ordinal, page)
    return TimelinePage(customer.external_id, rows, page[-1].change.number if len(found) > limit else None)


def _segment_ids(viewer: Any, key: str) -> list[int]:
    if key:
        return [segment_for(viewer=viewer, key=key).pk]
    return list(Snapshot.objects.order_by("segment_id").values_list("segment_id", flat=True).distinct())


def _told(viewer: Any, ordinal: int, turns: Sequence[Turn]) -> list[TimelineRow]:
    versions = version_headings(turn.change.version_id for turn in turns)
    turnings = _with_grounds(turnings_from(turns))
    attributes = customers.attribute_facts_for(viewer=SYSTEM, keys={key for each in turnings for key in each.read})
    told = told_history(
        turnings,
        ordinal=ordinal,
        catalogue=catalogue_of(attributes),
        read=(),
        visible=customers.visible_among(viewer, attributes),
        looked_up=_LOOKED_UP,
    )
    return [_row(turn, each, versions) for turn, each in zip(turns, told, strict=True)]


def _with_grounds(turnings: Sequence[Turning]) -> list[Turning]:
    """The turnings with what the rules above them read, too: a parent's attribute moves the child's members."""
    rules = {key: rule.rule for key, rule in asked().readable.items()}
    keys = {turning.segment_key for turning in turnings} & rules.keys()
    above = {key: attributes_used(rules[key]) for key in keys}
    return [replace(each, read=(*each.read, *above.get(each.segment_key, ()))) for each in turnings]


def _row(turn: Turn, told: ToldMove, versions: Mapping[int, VersionHeading]) -> TimelineRow:
    version = versions[turn.change.version_id]
    return TimelineRow(
        number=turn.change.number,
        at=told.move.at,
        entered=told.move.entered,
        segment_key=version.key,
        segment_name=version.name,
        tier=version.tier,
        cause=told.move.cause,
        why=told.why,
        version_number=told.move.version_number,
        previous_version_number=told.move.previous_version_number,
        run_id=told.move.run_id,
    )
