"""What another value of a threshold would do, as one viewer may know it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10
from typing import Any

from common.errors import Invalid, NotAllowed
from customers.selectors import attribute_facts, visible_attribute_keys
from memberships.policies import MembershipPolicy
from memberships.selectors.masked_previews import rounded, said
from memberships.selectors.previews import SMALL
from memberships.selectors.whatif import Point, value_measures, what_if
from taxonomy.rules import Rule, attributes_used
from taxonomy.rules.thresholds import Place, Value
from taxonomy.selectors import rule_catalogue, rules_above
from taxonomy.selectors.named_values import Threshold, thresholds_of


@dataclass(frozen=True)
class ShownPoint:
    """One value with its figures for one viewer; `change` is against the present value, None where it says nothing."""

    value: Value
    words: str
    members: int | str
    change: int | None
    known: int | str | None
    total: float | None
    mean: float | None
    is_present: bool


@dataclass(frozen=True)
class ShownWhatIf:
    """The curve of one threshold; `exact` is false where figures are rounded. `measures`: those to choose from."""

    threshold: Threshold
    points: list[ShownPoint]
    measure: str | None
    measures: dict[str, str]
    unit: str
    population: int
    build: int
    as_of: datetime
    exact: bool

    @property
    def present(self) -> ShownPoint:
        """The point of the value that the rule has."""
        return next(point for point in self.points if point.is_present)

    @property
    def position(self) -> int:
        """The place of the present value among the points, from 0."""
        return self.points.index(self.present)

    @property
    def measure_label(self) -> str:
        """What people call the measure."""
        return self.measures.get(self.measure or "", "")

    def said(self, members: int | str) -> str:
        """A count as it stands in a sentence."""
        return said(members, exact=self.exact)


def what_if_for(
    viewer: Any,
    rule: Rule,
    place: Place,
    *,
    parent_key: str | None,
    stored: Iterable[Mapping[str, Any]] = (),
    values: Sequence[Value] | None = None,
    measure: str | None = None,
) -> ShownWhatIf:
    """The curve for the viewer's eyes. `measure` None takes the usual one.

    Nothing is counted about a rule that reads, itself or through its parents, what the viewer may not see: sizes along
    a range would tell it customer by customer. Who may not see customers gets rounded figures.
    Raises NotAllowed, NotComputed, Invalid for a place or measure that is not there.
    """
    above = rules_above(parent_key)
    _refuse_hidden(viewer, [*above, rule])
    measures = value_measures(visible_attribute_keys(viewer))
    if measure and measure not in measures:
        raise Invalid(f"There is no number of the value dimension called {measure}.", pointer="/measure")
    chosen = measure or next(iter(measures), None)
    threshold = threshold_at(rule, place, stored)
    found = what_if(rule, place, above=above, values=values, measure=chosen)
    exact = MembershipPolicy().can(viewer, "view_members")
    points = found.points if exact else _coarse(found.points)
    present = next(point for point in points if point.value == found.candidate.value)
    shown = [_shown(threshold, point, present, exact=exact) for point in points]
    unit = attribute_facts()[chosen].unit if chosen else ""
    return ShownWhatIf(threshold, shown, chosen, measures, unit, found.population, found.build, found.as_of, exact)


def threshold_at(rule: Rule, place: Place, stored: Iterable[Mapping[str, Any]] = ()) -> Threshold:
    """The value at the place with its words; raises Invalid where the rule has none."""
    for threshold in thresholds_of(stored, rule, rule_catalogue()):
        if threshold.candidate.place == place:
            return threshold
    raise Invalid(
        f"The rule does not compare {place.attribute} with a value there. Choose one of its values.",
        code="no_such_value",
        pointer="/attribute",
    )


def _refuse_hidden(viewer: Any, rules: Sequence[Rule]) -> None:
    seen = visible_attribute_keys(viewer)
    if not all(seen.issuperset(attributes_used(rule)) for rule in rules):
        raise NotAllowed(
            "The rule, or that of a parent, reads an attribute that you may not see, so nothing is counted here. A data"
            " steward can try values for you."
        )


def _coarse(points: Sequence[Point]) -> list[Point]:
    """The points; one that fewer than 5 customers set apart from the one before tells that one's figures."""
    found: list[Point] = []
    told = points[0]
    for point in points:
        if abs(point.members - told.members) >= SMALL:
            told = point
        found.append(Point(point.value, told.members, told.known, told.total))
    return found


def _shown(threshold: Threshold, point: Point, present: Point, *, exact: bool) -> ShownPoint:
    words, is_present = threshold.said(point.value), point.value == present.value
    if exact:
        change = point.members - present.members
        return ShownPoint(point.value, words, point.members, change, point.known, point.total, point.mean, is_present)
    members, today = rounded(point.members), rounded(present.members)
    told = isinstance(members, int) and isinstance(today, int)
    enough = (point.known or 0) >= SMALL
    return ShownPoint(
        value=point.value,
        words=words,
        members=members,
        change=members - today if told else None,  # type: ignore[operator]
        known=rounded(point.known) if point.known is not None else None,
        total=_two_digits(point.total) if enough else None,
        mean=_two_digits(point.mean) if enough else None,
        is_present=is_present,
    )


def _two_digits(value: float | None) -> float | None:
    return round(value, 1 - floor(log10(abs(value)))) if value else value
