"""How the spread of an attribute's values reads on its page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common.looks import moments
from customers.selectors import Distribution
from customers.web.values import shown_value


@dataclass(frozen=True)
class ShownSpread:
    """A distribution in words: `steps` for the bars of a histogram, `rows` of frequent values, and three figures."""

    found: Distribution
    steps: list[tuple[str, str, int]]
    rows: list[tuple[str, int]]
    minimum: str
    median: str
    maximum: str


def shown_spread(found: Distribution) -> ShownSpread:
    """The distribution in a reader's words."""
    rows = [(shown_value("text" if found.type == "set" else found.type, value), count) for value, count in found.top]
    steps = [(_words(low), _words(high), count) for low, high, count in found.bars]
    return ShownSpread(found, steps, rows, *(_words(one) for one in (found.minimum, found.median, found.maximum)))


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moments.moment(value)
    return moments.day(value) if isinstance(value, date) else shown_value("number", value)
