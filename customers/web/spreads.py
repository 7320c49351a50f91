"""How the spread of an attribute's values reads on its page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common.looks import moments
from customers.selectors import Distribution
from customers.web.values import shown_value

_FEW = 3


@dataclass(frozen=True)
class ShownSpread:
    """A distribution in words: `steps` for the bars of a histogram, `rows` of frequent values, and three figures.

    `first` and `last` are the ends of the axis where the outer bar is wider than the others, else empty.
    """

    found: Distribution
    steps: list[tuple[str, str, int]]
    rows: list[tuple[str, int]]
    minimum: str
    median: str
    maximum: str
    first: str = ""
    last: str = ""


def shown_spread(found: Distribution) -> ShownSpread:
    """The distribution in a reader's words."""
    rows = [(shown_value("text" if found.type == "set" else found.type, value), count) for value, count in found.top]
    steps = [(_words(low), _words(high), count) for low, high, count in found.bars]
    first, last = _ends(found.bars)
    return ShownSpread(
        found, steps, rows, _words(found.minimum), _words(found.median), _words(found.maximum), first, last
    )


def _ends(bars: list[tuple[Any, Any, int]]) -> tuple[str, str]:
    """What stands at the ends of the axis for outer bars that reach further than the inner ones."""
    if len(bars) < _FEW:
        return "", ""
    widths = sorted(high - low for low, high, _ in bars)
    usual = widths[len(widths) // 2] * 1.5
    (low, first, _), (last, high, _) = bars[0], bars[-1]
    return (
        f"below {_words(first)}" if first - low > usual else "",
        f"{_words(last)} or more" if high - last > usual else "",
    )


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moments.moment(value)
    return moments.day(value) if isinstance(value, date) else shown_value("number", value)
