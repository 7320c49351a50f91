"""The values of an attribute in their order: which of them lie between two others, and which one people would name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from taxonomy.proofs.shapes import code
from taxonomy.rules.types import AttributeFacts, AttributeType

PLAIN_DAY = date(2026, 3, 1).toordinal()
PLAIN_INSTANT: int = code("timestamp", datetime(2026, 3, 1, 12, tzinfo=UTC))
FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()
_RANGES: dict[str, tuple[int, int]] = {
    "date": (FIRST_DAY, LAST_DAY),
    "timestamp": (
        code("timestamp", datetime.min.replace(tzinfo=UTC)),
        code("timestamp", datetime.max.replace(tzinfo=UTC)),
    ),
}
_STEPS = {"date": (1,), "timestamp": (3_600_000_000, 60_000_000, 1_000_000, 1)}
_PLAIN_TEXTS = ("a", "b", "Other", "A", "1", "z")
_TEXT_STEPS = ("1", "a", "A", "0", "!", " ", "\x01", "\x00")
_EXACT = 2.0**53


@dataclass(frozen=True, slots=True)
class Line:
    """The possible values of one attribute, coded. `bounds` and `choices` should stand among the points asked about."""

    type: AttributeType
    minimum: Any = None
    maximum: Any = None
    is_whole: bool = False
    choices: frozenset[Any] | None = None

    @property
    def points(self) -> list[Any]:
        """The values at which the declared facts change what is possible."""
        ends = [end for end in (self.minimum, self.maximum) if end is not None]
        return ends + sorted(self.choices or ())

    @property
    def ends(self) -> tuple[int, int]:
        """The first and the last possible day or instant."""
        first, last = _RANGES[self.type]
        return (
            first if self.minimum is None else max(first, self.minimum),
            last if self.maximum is None else min(last, self.maximum),
        )

    @property
    def plain(self) -> tuple[Any, ...]:
        """Values that people would name first, where any will do."""
        if self.type == "text":
            return _PLAIN_TEXTS
        return {"date": (PLAIN_DAY,), "timestamp": (PLAIN_INSTANT,), "number": (1.0, 0.0)}.get(self.type, ())

    def allows(self, value: Any) -> bool:
        """Whether an attribute with these facts can have the value."""
        if self.type == "set":
            return True
        if self.choices is not None:
            return value in self.choices
        if self.is_whole and not value.is_integer():
            return False
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)

    def between(self, low: Any, high: Any) -> Any:
        """A plain value strictly between two neighbouring points (None: no end), or None where there is none."""
        if self.choices is not None or self._is_outside(low, high):
            return None
        if self.type == "number":
            return _number_between(low, high, self.is_whole)
        if self.type in _RANGES:
            return _whole_between(low, high, self.type)
        return _text_between(low, high)

    def several_between(self, low: Any, high: Any, count: int) -> list[Any]:
        """That many values between two neighbouring points, ascending; fewer only where there are no more."""
        found: list[Any] = []
        after = low
        while len(found) < count:
            value = self.between(after, high) if after is not None or not found else None
            if value is None:
                break
            found.append(value)
            after = value
        if len(found) < count and found and self.type == "number":
            return self._every_number(low, high, count, found)
        return found

    def _every_number(self, low: Any, high: Any, count: int, found: list[Any]) -> list[Any]:
        """The numbers step by step from one end, where plain ones have run out."""
        below = list(found)
        while len(below) < count:
            value = _number_before(low, below[0], self.is_whole)
            if value is None:
                break
            below.insert(0, value)
        if len(below) >= count or self.is_whole or low is None or high is None:
            return below
        every: list[Any] = []
        value = math.nextafter(low, math.inf)
        while len(every) < count and value < high:
            every.append(value)
            value = math.nextafter(value, math.inf)
        return every

    def _is_outside(self, low: Any, high: Any) -> bool:
        below = self.minimum is not None and (low is None or low < self.minimum)
        return below or (self.maximum is not None and (high is None or high > self.maximum))


def line_of(type_: AttributeType, facts: AttributeFacts | None) -> Line:
    """The line of an attribute with these declared facts; facts of another type are not trusted."""
    if type_ == "boolean":
        return Line(type_, choices=frozenset((False, True)))
    if facts is None or facts.type != type_:
        return Line("text" if type_ == "enum" else type_)
    if type_ == "enum":
        return Line("text", choices=frozenset(facts.choices) if facts.choices else None)
    if type_ not in ("number", "date", "timestamp"):
        return Line(type_)
    ends = [None if end is None else code(type_, end) for end in (facts.minimum, facts.maximum)]
    return Line(type_, ends[0], ends[1], is_whole=facts.is_whole and type_ == "number")


def _number_between(low: float | None, high: float | None, is_whole: bool) -> float | None:
    if low is None and high is None:
        return 1.0
    if low is None:
        return _number_before(low, high, is_whole)
    ceiling = math.inf if high is None else high
    whole = float(math.floor(low) + 1) if abs(low) < _EXACT else math.nextafter(low, math.inf)
    if low < whole < ceiling:
        return whole
    if is_whole or whole == math.inf:
        return None
    middle = low / 2 + ceiling / 2
    for digits in range(1, 18):
        rounded = round(middle, digits)
        if low < rounded < ceiling:
            return rounded
    nearest = math.nextafter(low, math.inf)
    return nearest if nearest < ceiling else None


def _number_before(low: float | None, high: float | None, is_whole: bool) -> float | None:
    """The whole number just below, or where that is not between the two another one."""
    if high is None:
        return None
    floor = -math.inf if low is None else low
    whole = float(math.ceil(high) - 1) if abs(high) < _EXACT else math.nextafter(high, -math.inf)
    if floor < whole < high:
        return whole
    if is_whole or whole == -math.inf:
        return None
    nearest = math.nextafter(high, -math.inf)
    return nearest if nearest > floor else None


def _whole_between(low: int | None, high: int | None, type_: str) -> int | None:
    least, most = _RANGES[type_]
    least = least if low is None else max(least, low + 1)
    most = most if high is None else min(most, high - 1)
    if least > most:
        return None
    plain = PLAIN_DAY if type_ == "date" else PLAIN_INSTANT
    if least <= plain <= most:
        return plain
    for step in _STEPS[type_]:
        if least > plain and low is not None and low + step <= most:
            return low + step
        if most < plain and high is not None and high - step >= least:
            return high - step
    return least


def _text_between(low: str | None, high: str | None) -> str | None:
    if low is None:
        if high is None:
            return _PLAIN_TEXTS[0]
        return next((text for text in ("a", "A", "1", "!", "") if text < high), None)
    steps = _TEXT_STEPS if low else ("a", "A", *_TEXT_STEPS)
    return next((low + step for step in steps if high is None or low + step < high), None)
