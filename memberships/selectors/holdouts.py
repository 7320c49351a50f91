"""What a segment claims, tested on customers kept back: of a rule that somebody proposes, and as stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from pyroaring import BitMap

from common.clock import now
from customers.selectors import attribute_facts
from memberships import compiler
from memberships.errors import NotComputed
from memberships.measures.holdout import FAILS, HOLDS, Judgement, judged, parts_of
from memberships.models import HoldOut
from memberships.selectors.builds import readable_build
from memberships.selectors.previews import referred
from memberships.selectors.whatif import value_measures
from taxonomy.rules import Rule, attributes_used

_OPEN = ("public", "internal")
WORDS = {HOLDS: "Holds", FAILS: "Does not hold"}


@dataclass(frozen=True)
class HoldOutReading:
    """A verdict in words: `sentences` name the figures; `remedy` says what to do unless it holds."""

    verdict: str
    title: str
    sentences: list[str]
    remedy: str
    build: int
    as_of: datetime


def stored_hold_out(version_id: int) -> HoldOutReading | None:
    """The newest verdict about a version, or None while there is none."""
    row = HoldOut.objects.filter(version_id=version_id).select_related("build").order_by("-build__number").first()
    if row is None:
        return None
    return reading_of(row.verdict, row.figures, row.measure, row.build.number, row.as_of)


def hold_out_of(rule: Rule, key: str) -> HoldOutReading:
    """The verdict about an effective rule that may not be in force, on the newest build. Raises NotComputed."""
    build, as_of = readable_build(), now()
    planned = compiler.plan(build.frame, {**referred(rule), "?": rule}, as_of=as_of, wanted=["?"], holds=build.holds)
    if planned.refused:
        raise NotComputed(next(iter(planned.refused.values())))
    try:
        members = planned.frame.collect().to_series()
    except pl.exceptions.PolarsError as error:
        raise NotComputed(compiler.plain_reason(error)) from error
    measure = measure_for(rule)
    found = judged_on(build.frame, members, measure, key)
    return reading_of(found.verdict, found.figures, measure, build.number, as_of)


def measure_for(rule: Rule) -> str:
    """The number of the value dimension that the claim is about, "" where there is none.

    One that the rule does not read itself, where possible: a rule that asks for spend has high spend by construction.
    Only openly visible ones, because everybody who may see the segment sees the verdict.
    """
    open_keys = frozenset(key for key, row in attribute_facts().items() if row.sensitivity in _OPEN)
    measures = list(value_measures(open_keys))
    read = attributes_used(rule)
    return next((key for key in measures if key not in read), measures[0] if measures else "")


def judged_on(frame: pl.LazyFrame, members: "pl.Series | BitMap", measure: str, salt: str) -> Judgement:
    """The verdict about members (a mask in the order of the frame's rows, or ordinals) among all customers there."""
    number = pl.col(measure) if measure and measure in frame.collect_schema() else pl.lit(None)
    rows = frame.select(
        ordinal=pl.col("ordinal"), alive=pl.col(compiler.ALIVE), number=number.cast(pl.Float64)
    ).collect()
    alive = rows.get_column("alive").to_numpy()
    inside = members.to_numpy() if isinstance(members, pl.Series) else _mask(members, len(rows))
    numbers = rows.get_column("number").fill_null(float("nan")).to_numpy()
    larger, held = parts_of(rows.get_column("ordinal").to_numpy()[alive], inside[alive], numbers[alive], salt)
    return judged(larger, held)


def _mask(members: BitMap, size: int) -> Any:
    mask = np.zeros(size, dtype=bool)
    ordinals = np.asarray(members.to_array(), dtype=np.uint32)
    mask[ordinals[ordinals < size]] = True
    return mask


def reading_of(verdict: str, figures: dict[str, Any], measure: str, build: int, as_of: datetime) -> HoldOutReading:
    """The verdict in sentences."""
    if verdict not in WORDS:
        told = f"Fewer than {figures.get('enough')} members are among the customers kept back; nothing can be tested."
        remedy = "Wait for more customers, or widen the rule: a segment this small may be an accident of the data."
        return HoldOutReading(verdict, "Too few customers", [told], remedy, build, as_of)
    sentences = [_share_said(figures["share"]), *_value_said(figures["value"], measure)]
    remedy = ""
    if verdict == FAILS:
        remedy = (
            "Look for a simpler rule: this one may describe chance. If the data changed, test again after the next run."
        )
    return HoldOutReading(verdict, WORDS[verdict], sentences, remedy, build, as_of)


def _share_said(share: dict[str, Any]) -> str:
    way = "within chance" if share["holds"] else "more than chance explains"
    return (
        f"Share of all customers: {share['claimed']:.1%} of the larger part, {share['found']:.1%} of those kept back;"
        f" {way} (p = {share['chance']:.2f})."
    )


def _value_said(value: dict[str, Any] | None, measure: str) -> Sequence[str]:
    row = attribute_facts().get(measure)
    label, unit = (row.label, f" {row.unit}" if row.unit else "") if row else (measure, "")
    if value is None:
        return [f"{label}: no clear difference to other customers is claimed, so none was tested."] if label else []
    found = f"{label}: members have {_with_unit(value['claimed'], unit)} than others in the larger part"
    lifts = ""
    if value["claimed_lift"] is not None and value["found_lift"] is not None:
        lifts = f" ({value['claimed_lift']:.1f} and {value['found_lift']:.1f} times as much)"
    interval = f"{_between(value['low'], value['high'], unit)} with 95% confidence"
    end = "" if value["holds"] else "; that is not what the larger part shows"
    return [f"{found}, {_with_unit(value['found'], unit)} among those kept back{lifts}; {interval}{end}."]


def _between(low: float, high: float, unit: str) -> str:
    """An interval of a difference: its amounts and the direction, or both signed ends where it goes both ways."""
    if low * high < 0:
        return f"{_with_unit(low, unit)} to {_with_unit(high, unit)}"
    near, far = sorted((abs(low), abs(high)))
    return f"{near:,.4g} to {far:,.4g}{unit} {'more' if high > 0 else 'less'}"


def _with_unit(value: float, unit: str) -> str:
    return f"{abs(value):,.4g}{unit} {'more' if value >= 0 else 'less'}"
