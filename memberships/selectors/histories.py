"""How a customer came into a segment and out of it, each time with its cause."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from customers.errors import NoSuchBuild
from customers.selectors import scan_build
from memberships.choices import Cause, RunState
from memberships.models import Delta, Run
from memberships.selectors.reading import entered_by, left_by
from taxonomy.rules import AttributeFacts, RuleError
from taxonomy.rules.changes import clause_changes
from taxonomy.rules.distances import amount_words, joined, shown
from taxonomy.rules.words import label_words
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


def history_of(ordinal: int, segment_key: str) -> list[Move]:
    """Every time that the customer entered or left the segment, newest first."""
    return [move for _, move in _moves(ordinal, segment_key)]


def told_history(
    *,
    ordinal: int,
    segment_key: str,
    catalogue: Mapping[str, AttributeFacts],
    read: Collection[str],
    visible: frozenset[str],
) -> list[ToldMove]:
    """The same, told: `read` are the attributes that the rule reads now, `visible` those that the viewer may see.

    What changed is looked up for the newest moves alone, in the profile builds that are still kept.
    """
    found = _moves(ordinal, segment_key)
    told = []
    for place, (row, move) in enumerate(found):
        keys = {*read, *row.version.attribute_keys}
        if move.cause == Cause.DATA:
            shown_keys = tuple(sorted(key for key in keys if key in visible and key in catalogue))
            changed = _changed_values(row, ordinal, shown_keys) if place < _MOST_TOLD else None
            why = _data_words(changed, catalogue, is_masked=not keys <= visible)
        else:
            why = _rule_words(row, catalogue) if move.cause == Cause.RULE else _PLAIN[move.cause]
        told.append(ToldMove(move, why))
    return told


_PLAIN = {
    Cause.FIRST: "the segment was computed for the first time",
    Cause.RETIRED: "the segment was retired",
}


def _moves(ordinal: int, segment_key: str) -> list[tuple[Delta, Move]]:
    rows = list(
        Delta.objects.filter(segment__key=segment_key)
        .select_related("version", "previous_version", "run__build", "segment")
        .defer("entered", "left", "run__manifest")
        .order_by("-pk")
    )
    entered = entered_by(row.pk for row in rows if row.entered_count)
    left = left_by(row.pk for row in rows if row.left_count)
    return [
        (row, _move(row, is_in))
        for row in rows
        if (is_in := ordinal in entered.get(row.pk, ())) or ordinal in left.get(row.pk, ())
    ]


def _move(row: Delta, entered: bool) -> Move:
    return Move(
        at=row.published_at,
        entered=entered,
        cause=Cause(row.cause),
        run_id=row.run_id,
        version_number=row.version.number,
        previous_version_number=row.previous_version.number if row.previous_version else None,
    )


def _runs_before(row: Delta) -> QuerySet[Run]:
    """The runs over the whole, or over this segment by name, before that of the change; the newest first."""
    rows = Run.objects.filter(state=RunState.SUCCEEDED, pass_number__lt=row.run.pass_number, build__isnull=False)
    whole = rows.filter(segment_keys=[])
    return (whole | rows.filter(segment_keys__contains=[row.segment.key])).order_by("-pass_number")


def _changed_values(row: Delta, ordinal: int, keys: tuple[str, ...]) -> dict[str, tuple[Any, Any]] | None:
    """Attribute -> value before and at the run of the change, where they differ; None when they are not kept."""
    if not keys:
        return {}
    before = _runs_before(row).select_related("build").defer("manifest").first()
    builds = [None if run is None else run.build for run in (before, row.run)]
    if any(build is None or build.state != "ready" for build in builds):
        return None
    try:
        old, new = (_kept_values(build.pk, ordinal) for build in builds if build is not None)
    except NoSuchBuild:
        return None
    return {key: (old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)}


@lru_cache(maxsize=512)
def _kept_values(build_id: int, ordinal: int) -> dict[str, Any]:
    """A customer's values as a build holds them. Builds never change; that it is still kept is asked each time."""
    import polars as pl

    rows = scan_build(build_id).filter(pl.col("ordinal") == ordinal).collect().to_dicts()
    return rows[0] if rows else {}


def _data_words(
    changed: Mapping[str, tuple[Any, Any]] | None, catalogue: Mapping[str, AttributeFacts], *, is_masked: bool
) -> str:
    if changed:
        parts = [_change_words(key, before, after, catalogue) for key, (before, after) in changed.items()]
        return joined(parts[:_MOST_TOLD])
    if changed is None:
        return "the customer's data changed; the values of that time are no longer kept"
    if is_masked:
        return "the customer's data changed, in values that are not shown to you"
    return "the day moved on or another segment changed, while the values that the rule reads stayed"


def _change_words(key: str, before: Any, after: Any, catalogue: Mapping[str, AttributeFacts]) -> str:
    """Orders fell from 13 to 9."""
    label, facts = label_words(key, catalogue), catalogue[key]
    unit = "" if facts.unit.lower() in facts.label.lower().split() else facts.unit
    if before is None or after is None:
        known = before if after is None else after
        said = amount_words(known, unit) if facts.type == "number" else shown(known)
        return f"{label} became known: {said}" if before is None else f"{label} was {said} and is no longer known"
    if facts.type == "number":
        verb = "fell" if after < before else "rose"
        return f"{label} {verb} from {amount_words(before)} to {amount_words(after, unit)}"
    return f"{label} changed from {shown(before) or 'none'} to {shown(after) or 'none'}"


def _rule_words(row: Delta, catalogue: Mapping[str, AttributeFacts]) -> str:
    before, number = row.previous_version, row.version.number
    if before is None or before.number == number:
        return "the rule of a segment that this one stands on changed"
    changed = _clause_words(before.rule, row.version.rule, catalogue)
    return f"version {number} took the place of version {before.number}{': ' if changed else ''}{changed}"


def _clause_words(old: Mapping[str, Any], new: Mapping[str, Any], catalogue: Mapping[str, AttributeFacts]) -> str:
    try:
        changes = clause_changes(stored_rule(old), stored_rule(new), catalogue)
    except RuleError:
        return ""
    return _some([change.sentence for change in changes])


def _some(sentences: Sequence[str]) -> str:
    more = len(sentences) - 2
    return "; ".join([*sentences[:2], *([f"and {more} more"] if more > 0 else [])])
