"""How steady a segment is over a period: churn, flapping, and whether its share and its value have shifted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from common.clock import now
from customers.errors import NoSuchBuild
from customers.selectors import scan_build, visible_attribute_keys
from memberships.choices import Cause, RunKind, RunState
from memberships.errors import NotComputed
from memberships.measures import stability as measures
from memberships.models import Run
from memberships.selectors.deltas import DeltaRecord, deltas_after, deltas_between
from memberships.selectors.reading import Position, Stood, folds_at, stood_at
from memberships.selectors.whatif import value_measures

DAYS = 30
# Of a younger segment an index would say more of its first days than of the segment.
LEAST_DAYS = 7
_REVIEW = "It is not what it was: look whether its objective and its playbook still fit."
# Whoever moved because the rule is another one says nothing of how steady the rule is.
_RULED = {Cause.FIRST, Cause.RULE, Cause.RETIRED}


@dataclass(frozen=True)
class Index:
    """One index: its value, None where it cannot be known, what that is in words, what it means, and what to do where
    it is high."""

    title: str
    value: float | None
    verdict: str
    words: str
    meaning: str
    remedy: str


@dataclass(frozen=True)
class Stability:
    """The indices of one segment from `since` to `until`, as of the run that published what stood at the end."""

    since: datetime
    until: datetime
    run_id: int
    indices: tuple[Index, ...]

    @property
    def verdict(self) -> str:
        """The worst of what is known."""
        known = {index.verdict for index in self.indices}
        return next((each for each in ("restless", "moving", "calm") if each in known), "unknown")

    @property
    def restless(self) -> list[Index]:
        return [index for index in self.indices if index.verdict == "restless"]


def stability_of(key: str, *, viewer: Any, days: int = DAYS) -> Stability:
    """The indices over the last days, or since the first computation where that is later. Raises NotComputed for a
    segment that was not computed, or first less than a week ago."""
    until = now()
    last = stood_at(until, [key]).get(key)
    if last is None:
        raise NotComputed("The members have not been computed yet, so nothing is known of how steady they are.")
    segment_id = last.position.segment_id
    since = max(until - timedelta(days=days), deltas_after(segment_id, 0, 1)[0].published_at)
    if until - since < timedelta(days=LEAST_DAYS):
        raise NotComputed(f"Its history is too short: {LEAST_DAYS} days of it tell how steady a segment is.")
    first = stood_at(since, [key])[key]
    between = deltas_between([segment_id], first.change.number, last.change.number)
    moves = [record for record in between if record.cause not in _RULED]
    indices = (_churn(moves, first, last), _flaps(moves, first), _share(first, last), _value(key, viewer, since, last))
    return Stability(since, until, last.change.run_id, indices)


def _churn(moves: Sequence[DeltaRecord], first: Stood, last: Stood) -> Index:
    entered, left = sum(move.entered_count for move in moves), sum(move.left_count for move in moves)
    value = measures.churn(entered, left, first.change.size, last.change.size)
    words = "nobody was in" if value is None else f"{value:.1%}: {entered:,} entered, {left:,} left"
    meaning = "Moves in and out as a share of its mean size, without those that a changed rule made."
    remedy = "Read it anew shortly before each use: whoever is in today may be out next week."
    return Index("Churn", value, measures.verdict(value, measures.CHURN_BOUNDS), words, meaning, remedy)


def _flaps(moves: Sequence[DeltaRecord], first: Stood) -> Index:
    days = (measures.DayMoves(move.published_at.date(), move.entered, move.left) for move in moves)
    found = measures.flapping(_members(first.position), days)
    value = found.rate if found.ever_in else None
    words = "nobody was in" if value is None else f"{value:.1%}: {found.flapped:,} of {found.ever_in:,}"
    meaning = f"Customers who left and were back within {measures.FLAP_DAYS} days, among all who were in."
    remedy = "Customers stand at a threshold: look for a clause that many pass and leave again."
    return Index("Flapping", value, measures.verdict(value, measures.FLAP_BOUNDS), words, meaning, remedy)


def _share(first: Stood, last: Stood) -> Index:
    alive = dict(
        Run.objects.filter(pk__in=[first.change.run_id, last.change.run_id]).values_list("pk", "build__alive_count")
    )
    old, new = alive.get(first.change.run_id) or 0, alive.get(last.change.run_id) or 0
    value = measures.psi_of_share(first.change.size, old, last.change.size, new)
    words = "the number of customers is not known" if value is None else f"{value:.3f}"
    if value is not None and old and new:
        words += f": {first.change.size / old:.1%} of all, then {last.change.size / new:.1%}"
    meaning = "Population stability index of being in or not; 0.1 is a shift, 0.25 another segment."
    return Index("Shift of its share", value, measures.verdict(value, measures.PSI_BOUNDS), words, meaning, _REVIEW)


def _value(key: str, viewer: Any, since: datetime, last: Stood) -> Index:
    title, meaning = "Shift of its value", "The same index over tenths of the members by value."
    chosen = next(iter(value_measures(visible_attribute_keys(viewer)).items()), None)
    if chosen is None:
        return Index(title, None, "unknown", "no number of the value dimension may be seen by you", meaning, "")
    attribute, label = chosen
    ends = _builds_at_ends(key, since, last)
    known = [_values(build_id, attribute, position) for build_id, position in ends]
    if len(known) < 2 or any(values is None for values in known):
        return Index(title, None, "unknown", "the profile builds of that time are no longer kept", meaning, "")
    old, new = known
    value = measures.psi_of_values(old, new) if old is not None and new is not None else None
    words = f"no member has a value of {label}" if value is None else f"{value:.3f} by {label}"
    return Index(title, value, measures.verdict(value, measures.PSI_BOUNDS), words, meaning, _REVIEW)


def _builds_at_ends(key: str, since: datetime, last: Stood) -> list[tuple[int, Position]]:
    """The oldest build of the period that is still kept, and the newest, each with the members of its time."""
    runs = Run.objects.filter(kind=RunKind.FULL, state=RunState.SUCCEEDED, build__state="ready", ended_at__gte=since)
    facts = runs.order_by("pass_number").values_list("build_id", "ended_at")
    oldest, newest = facts.first(), facts.last()
    if oldest is None or newest is None or oldest[0] == newest[0] or oldest[1] is None:
        return []
    stood = stood_at(oldest[1], [key]).get(key)
    return [(oldest[0], stood.position), (newest[0], last.position)] if stood else []


def _values(build_id: int, attribute: str, position: Position) -> npt.NDArray[np.float64] | None:
    """The values of the members in a build, NaN where there is none; None when the build is not kept."""
    try:
        column = scan_build(build_id).select(attribute).collect()[attribute]
    except (NoSuchBuild, OSError):
        return None
    values = column.cast(float).fill_null(float("nan")).to_numpy()
    ordinals = np.fromiter(_members(position), np.int64)
    found: npt.NDArray[np.float64] = values[ordinals[ordinals < len(values)]]
    return found


def _members(position: Position) -> BitMap:
    return folds_at([position])[position].members
