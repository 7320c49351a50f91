"""What a proposed and the live rule would have selected at the last month-ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
from pyroaring import BitMap

from common.clock import now
from common.errors import DomainError
from customers.selectors import AttributeRow, attribute_facts, scan_coded
from customers.selectors.month_ends import KeptMonth, kept_months
from memberships import bitmaps, compiler
from memberships.errors import NotComputed
from memberships.measures.backtesting import FLAPPING, Band, band_for, flaps_of, steadiness
from memberships.selectors.stakes import sources_of
from taxonomy.rules import Rule, attributes_used
from taxonomy.rules.nodes import Constant
from taxonomy.rules.thresholds import Candidate, candidates, with_filling
from taxonomy.selectors import active_rules

_NEW, _OLD = "?new", "?old"
_COMPARED = (">", ">=", "<", "<=")
_MOST_PLACES = 6
HELD_OUT_EVERY = 4


@dataclass(frozen=True)
class Month:
    """One month-end: what the proposed and the live rule select, and the value of those inside as a multiple of that of
    those outside (`lift`, of the proposed rule). None where it cannot be known; then `reason` says why."""

    on: date
    size: int | None = None
    live: int | None = None
    lift: float | None = None
    reason: str = ""
    note: str = ""

    @property
    def is_held_out(self) -> bool:
        """Whether its figures are kept from authors, so that nobody tunes a rule to them: April, August, December."""
        return self.on.month % HELD_OUT_EVERY == 0


@dataclass(frozen=True)
class Course:
    """How a rule behaves over some months: the share who flap, and how many of each two neighbouring months' members
    stay the same."""

    flap_rate: float | None
    stability: float | None


@dataclass(frozen=True)
class Backtest:
    """The last month-ends, oldest first. `seen` leaves out the months kept from authors; `band` calms a rule that flaps
    in these: the attribute compared, the value to enter and the one to leave."""

    months: list[Month]
    proposed: Course
    seen: Course
    live: Course
    band: dict[str, Any] | None

    @property
    def is_flapping(self) -> bool:
        """Whether more flap than a rule should let."""
        return (self.proposed.flap_rate or 0.0) >= FLAPPING


@dataclass(frozen=True)
class _Asked:
    """The rules by name with all that they refer to, and the types of the attributes that each of the two reads."""

    rules: Mapping[str, Rule]
    reads: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, AttributeRow]

    def missing(self, name: str, month: KeptMonth) -> list[str]:
        """Labels of what the rule reads and the month does not hold in today's type."""
        held = month.schema or {}
        return [self.facts[key].label for key, kind in self.reads[name].items() if held.get(key) != kind]


@dataclass(frozen=True)
class _Found:
    """One month with the members by name."""

    month: Month
    members: dict[str, BitMap]


def backtest(*, segment_key: str | None, effective_rule: Rule, at: datetime | None = None) -> Backtest:
    """The course of the rule over the last twelve month-ends before `at`, each on the build kept for it; months without
    a build are told, not guessed. Rules of segments that it refers to are those in force today."""
    asked = _asked(segment_key, effective_rule)
    kept = kept_months(at or now())
    found = [_month(month, asked) for month in kept]
    proposed = [row.members.get(_NEW) for row in found]
    open_rows = [(month, row) for month, row in zip(kept, found, strict=True) if not row.month.is_held_out]
    seen = _course([row.members.get(_NEW) for _, row in open_rows])
    return Backtest(
        months=[row.month for row in found],
        proposed=_course(proposed),
        seen=seen,
        live=_course([row.members.get(_OLD) for row in found]),
        # Advice is tuning: it rests on nothing that is kept from authors.
        band=_band(open_rows, asked) if (seen.flap_rate or 0.0) >= FLAPPING else None,
    )


def _asked(segment_key: str | None, effective_rule: Rule) -> _Asked:
    in_force = {row.key: row.rule for row in active_rules() if not row.fault}
    named = {_NEW: effective_rule}
    if segment_key in in_force:
        named[_OLD] = in_force[segment_key]
    facts = attribute_facts()
    everything = {**in_force, **named}
    reads = {}
    for name in named:
        keys = {key for rule in compiler.closure(everything, [name]).values() for key in attributes_used(rule)}
        reads[name] = {key: facts[key].type for key in sorted(keys) if key in facts}
    return _Asked(compiler.closure(everything, list(named)), reads, facts)


def _month(month: KeptMonth, asked: _Asked) -> _Found:
    if month.build_id is None:
        return _Found(Month(month.on, reason=month.reason, note=month.note), {})
    missing = {name: asked.missing(name, month) for name in asked.reads}
    wanted = [name for name in asked.reads if not missing[name]]
    why = f"The build of this month does not hold {', '.join(missing[_NEW])}." if missing[_NEW] else ""
    if not wanted:
        return _Found(Month(month.on, reason=why, note=month.note), {})
    try:
        rows, value = _evaluated(month, asked.rules, wanted)
    except DomainError as refused:
        return _Found(Month(month.on, reason=refused.detail, note=month.note), {})
    members = bitmaps.from_frame(rows.select(wanted))
    sizes = {name: len(found) for name, found in members.items()}
    lift = _lift(rows, value) if value and _NEW in members else None
    return _Found(Month(month.on, sizes.get(_NEW), sizes.get(_OLD), lift, why, month.note), members)


def _evaluated(month: KeptMonth, rules: Mapping[str, Rule], wanted: Sequence[str]) -> tuple[pl.DataFrame, str]:
    """The columns of the rules on the month's build, with whether alive and the value attribute, whose key it names."""
    frame, holds = scan_coded(month.build_id or 0)
    value = sources_of(frame).value
    keys = [compiler.ALIVE, *([value.key] if value else [])]
    needed = compiler.closure(rules, wanted)
    planned = compiler.plan(frame, needed, as_of=month.as_of, wanted=wanted, kept=keys, holds=holds)
    if refused := [planned.refused[name] for name in wanted if name in planned.refused]:
        raise NotComputed(refused[0])
    try:
        return planned.frame.collect(), value.key if value else ""
    except pl.exceptions.PolarsError as error:
        raise NotComputed(compiler.plain_reason(error)) from error


def _lift(rows: pl.DataFrame, value: str) -> float | None:
    """The mean value of the members as a multiple of the others'; None where that says nothing."""
    number = pl.col(compiler.kept_column(value)).fill_nan(None)
    alive = pl.col(compiler.kept_column(compiler.ALIVE))
    inside, outside = rows.select(
        number.filter(pl.col(_NEW)).mean().alias("inside"), number.filter(alive & ~pl.col(_NEW)).mean().alias("outside")
    ).row(0)
    return round(inside / outside, 2) if inside is not None and outside and outside > 0 else None


def _course(months: Sequence[BitMap | None]) -> Course:
    known = [each for each in months if each is not None]
    steady = steadiness(months)
    return Course(
        round(flaps_of(months).rate, 4) if len(known) > 2 else None, None if steady is None else round(steady, 4)
    )


def _band(rows: Sequence[tuple[KeptMonth, _Found]], asked: _Asked) -> dict[str, Any] | None:
    """The band that leaves the least flapping, over the numbers that the rule compares."""
    flaps = flaps_of([row.members.get(_NEW) for _, row in rows])
    rule = asked.rules[_NEW]
    places = [each for each in candidates(rule) if each.kind == "number" and each.comparison in _COMPARED]
    known = [month for month, row in rows if _NEW in row.members]
    who = np.asarray(flaps.flapped.to_array(), dtype=np.int64)
    best: tuple[Band, Candidate] | None = None
    for place in places[:_MOST_PLACES]:
        filled = {**asked.rules, _NEW: with_filling(rule, place.place, Constant(True))}
        looked = [_looked(month, filled, place.place.attribute, who) for month in known]
        band = band_for(
            [values for values, _ in looked],
            [others for _, others in looked],
            comparison=place.comparison,
            value=float(place.value),  # type: ignore[arg-type]
            ever_in=flaps.ever_in,
        )
        if band is not None and (best is None or band.rate < best[0].rate):
            best = band, place
    return _told(best[0], best[1], asked.facts) if best else None


def _looked(month: KeptMonth, rules: Mapping[str, Rule], attribute: str, who: Any) -> tuple[Any, Any]:
    """The attribute of some customers (by ordinal) in one month, and whether all else in the rule holds for them."""
    frame, holds = scan_coded(month.build_id or 0)
    needed = compiler.closure(rules, [_NEW])
    planned = compiler.plan(frame, needed, as_of=month.as_of, wanted=[_NEW], kept=[attribute], holds=holds)
    rows = planned.frame.collect()
    values, others = np.full(len(who), np.nan), np.zeros(len(who), dtype=bool)
    here = who < rows.height
    values[here] = (
        rows.get_column(compiler.kept_column(attribute)).cast(pl.Float64).fill_null(np.nan).to_numpy()[who[here]]
    )
    others[here] = rows.get_column(_NEW).to_numpy()[who[here]]
    return values, others


def _told(band: Band, place: Candidate, facts: Mapping[str, AttributeRow]) -> dict[str, Any]:
    row = facts.get(place.place.attribute)
    return {
        "attribute": place.place.attribute,
        "label": row.label if row else place.place.attribute,
        "unit": row.unit if row else "",
        "comparison": place.comparison,
        "enter": band.enter,
        "leave": band.leave,
        "flap_rate_before": round(band.before, 4),
        "flap_rate": round(band.rate, 4),
    }
