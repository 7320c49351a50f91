"""How a customer came into a segment and out of it, each time with its cause."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from memberships.choices import Cause
from memberships.selectors.chronicles import Turn, chronicles
from memberships.selectors.kept_values import values_around
from taxonomy.rules import AttributeFacts, RuleError
from taxonomy.rules.changes import clause_changes
from taxonomy.rules.distances import amount_words, joined, shown
from taxonomy.rules.words import label_words
from taxonomy.selectors import VersionHeading, segment_by_key, version_headings, version_trees
from taxonomy.selectors.catalogue import stored_rule

_MOST_TOLD = 3


@dataclass(frozen=True)
class Move:
    """One time that a customer entered or left a segment."""

    at: datetime
    entered: bool
    cause: Cause
    run_id: int
    version_number: int
    previous_version_number: int | None


@dataclass(frozen=True)
class ToldMove:
    """A move with its cause in words: the values that changed as far as they are kept and may be seen, or the clauses
    of the rule. `why` goes on after "because"."""

    move: Move
    why: str


@dataclass(frozen=True)
class Turning:
    """A move with the rows that tell its cause."""

    move: Move
    segment_key: str
    version_id: int
    previous_version_id: int | None
    read: tuple[str, ...]


def history_of(ordinal: int, segment_key: str) -> list[Move]:
    """Every time that the customer entered or left the segment, newest first."""
    return [turning.move for turning in turnings_of(ordinal, segment_key)]


def turnings_of(ordinal: int, segment_key: str) -> list[Turning]:
    """The same with what is needed to tell why; three queries at most, and one for each pack that holds a move."""
    segment_id = segment_by_key(segment_key).pk
    return turnings_from(list(chronicles([segment_id])[segment_id].turns(ordinal)))


def turnings_from(turns: Sequence[Turn]) -> list[Turning]:
    """Turns with what their versions read."""
    ids = {pk for turn in turns for pk in (turn.change.version_id, turn.change.previous_version_id) if pk}
    versions = version_headings(ids)
    return [_turning(turn, versions) for turn in turns]


def _turning(turn: Turn, versions: Mapping[int, VersionHeading]) -> Turning:
    change, version = turn.change, versions[turn.change.version_id]
    previous = versions.get(change.previous_version_id or 0)
    move = Move(
        at=change.published_at,
        entered=turn.entered,
        cause=Cause(change.cause),
        run_id=change.run_id,
        version_number=version.number,
        previous_version_number=previous.number if previous else None,
    )
    return Turning(move, version.key, change.version_id, change.previous_version_id, tuple(version.reads))


def told_history(
    turnings: Sequence[Turning],
    *,
    ordinal: int,
    catalogue: Mapping[str, AttributeFacts],
    read: Collection[str],
    visible: frozenset[str],
    looked_up: int = _MOST_TOLD,
) -> list[ToldMove]:
    """The moves in words: `read` are the attributes that the rule reads now, `visible` those that the viewer may see.

    What changed is looked up for the newest moves alone, in what is still kept of the values of that time.
    """
    return [
        ToldMove(turning.move, _why(turning, place < looked_up, ordinal, catalogue, read, visible))
        for place, turning in enumerate(turnings)
    ]


def _why(
    turning: Turning,
    is_recent: bool,
    ordinal: int,
    catalogue: Mapping[str, AttributeFacts],
    read: Collection[str],
    visible: frozenset[str],
) -> str:
    cause = turning.move.cause
    if cause == Cause.RULE:
        return _rule_words(turning, catalogue)
    if cause in _PLAIN:
        return _PLAIN[cause]
    if not is_recent:
        return _OF_DATA[cause]
    keys = {*read, *turning.read}
    seen = tuple(sorted(key for key in keys if key in visible and key in catalogue))
    changed = _changed_values(turning, ordinal, seen)
    if cause == Cause.DATA:
        return _data_words(changed, catalogue, is_masked=not keys <= visible)
    return _OF_DATA[cause] + (f": {_changed_words(changed, catalogue)}" if changed else "")


_PLAIN = {
    Cause.FIRST: "the segment was computed for the first time",
    Cause.RETIRED: "the segment was retired",
    Cause.TIME: "time went on: the rule looks back from the present day, and the values stayed as they were",
}
_OF_DATA = {
    Cause.DATA: "the customer's data changed",
    Cause.LATE: "something that had happened earlier became known late",
    Cause.MERGE: "two customers turned out to be one and were merged",
    Cause.CORRECTION: "the data was corrected",
}


def _changed_values(turning: Turning, ordinal: int, keys: tuple[str, ...]) -> dict[str, tuple[Any, Any]] | None:
    """Attribute -> value before and at the run of the change, where they differ; None when they are not kept."""
    if not keys:
        return {}
    found = values_around(turning.move.run_id, turning.segment_key, ordinal)
    if found is None:
        return None
    old, new = found
    return {key: (old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)}


def _data_words(
    changed: Mapping[str, tuple[Any, Any]] | None, catalogue: Mapping[str, AttributeFacts], *, is_masked: bool
) -> str:
    if changed:
        return _changed_words(changed, catalogue)
    if changed is None:
        return "the customer's data changed; the values of that time are no longer kept"
    if is_masked:
        return "the customer's data changed, in values that are not shown to you"
    return "the day moved on or another segment changed, while the values that the rule reads stayed"


def _changed_words(changed: Mapping[str, tuple[Any, Any]], catalogue: Mapping[str, AttributeFacts]) -> str:
    parts = [_change_words(key, before, after, catalogue) for key, (before, after) in changed.items()]
    return joined(parts[:_MOST_TOLD])


def _change_words(key: str, before: Any, after: Any, catalogue: Mapping[str, AttributeFacts]) -> str:
    """Orders fell from 13 to 9."""
    label, facts = label_words(key, catalogue), catalogue[key]
    unit = "" if facts.unit.lower() in re.findall(r"\w+", facts.label.lower()) else facts.unit
    if before is None or after is None:
        known = before if after is None else after
        said = amount_words(known, unit) if facts.type == "number" else shown(known)
        return f"{label} became known: {said}" if before is None else f"{label} was {said} and is no longer known"
    if facts.type == "number":
        verb = "fell" if after < before else "rose"
        return f"{label} {verb} from {amount_words(before)} to {amount_words(after, unit)}"
    return f"{label} changed from {shown(before) or 'none'} to {shown(after) or 'none'}"


def _rule_words(turning: Turning, catalogue: Mapping[str, AttributeFacts]) -> str:
    before, number = turning.move.previous_version_number, turning.move.version_number
    if turning.previous_version_id is None or turning.previous_version_id == turning.version_id:
        return "the rule of a segment that this one stands on changed"
    trees = version_trees([turning.previous_version_id, turning.version_id])
    changed = _clause_words(trees[turning.previous_version_id], trees[turning.version_id], catalogue)
    return f"version {number} took the place of version {before}{': ' if changed else ''}{changed}"


def _clause_words(old: Mapping[str, Any], new: Mapping[str, Any], catalogue: Mapping[str, AttributeFacts]) -> str:
    try:
        changes = clause_changes(stored_rule(old), stored_rule(new), catalogue)
    except RuleError:
        return ""
    return _some([change.sentence for change in changes])


def _some(sentences: Sequence[str]) -> str:
    more = len(sentences) - 2
    return "; ".join([*sentences[:2], *([f"and {more} more"] if more > 0 else [])])
