"""The edges between the bars of a histogram: round numbers, whole hours, days, months or years."""

import math
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

BARS: Final = 24
_DAY: Final = 86_400
# Steps in seconds, then in days, then in months; each list rises.
_SECONDS: Final = (1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600)
_DAYS: Final = (1, 2, 7)
_MONTHS: Final = (1, 3, 6, *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500)))
_MONTH_DAYS: Final = 30.4


def edges_between(low: Any, high: Any, *, is_whole: bool = False) -> list[Any]:
    """Rising edges, about 20 of them, the first at most `low` and the last above `high` (or the calendar's end).

    Both are of one kind: finite numbers, dates, or datetimes in UTC. `is_whole` keeps numbers from steps below one.
    """
    if isinstance(low, datetime):
        return _moment_edges(low, high)
    if isinstance(low, date):
        return _day_edges(low, high)
    return _number_edges(float(low), float(high), is_whole)


def _round_step(least: Fraction) -> Fraction:
    """The smallest of 1, 2, 5, 10, 20 ... (and their fractions) that is at least `least`."""
    power = math.floor(math.log10(least.numerator) - math.log10(least.denominator))
    tens = Fraction(10) ** power
    return next(tens * factor for factor in (1, 2, 5, 10, 20) if tens * factor >= least)


def _number_edges(low: float, high: float, is_whole: bool) -> list[float]:
    # Fractions of the numbers as written: floats would put 0.3 below 3 times 0.1, and overflow on the largest span.
    lowest, highest = Fraction(repr(low)), Fraction(repr(high))
    span, largest = highest - lowest, max(abs(lowest), abs(highest))
    finest = largest / (10**12 if span else 100) or Fraction(1)
    step = _round_step(max(span / BARS, finest, Fraction(is_whole)))
    first, last = math.floor(lowest / step), math.floor(highest / step) + 1
    return [_as_float(step * position) for position in range(first, last + 1)]


def _as_float(exact: Fraction) -> float:
    largest = Fraction(Decimal("1.7976931348623157e308"))
    return float(min(max(exact, -largest), largest))


def _day_edges(low: date, high: date) -> list[date]:
    wanted = (high - low).days / BARS
    if wanted <= _DAYS[-1]:
        step = _DAYS[bisect_left(_DAYS, wanted)]
        # Ordinal 1 was a Monday, so that weeks begin on Mondays.
        first, last = (low.toordinal() - 1) // step, (high.toordinal() - 1) // step + 1
        return [_day(position * step + 1) for position in range(first, last + 1)]
    step = _MONTHS[min(bisect_left(_MONTHS, wanted / _MONTH_DAYS), len(_MONTHS) - 1)]
    first, last = _month(low) // step, _month(high) // step + 1
    return [_month_start(position * step) for position in range(first, last + 1)]


def _day(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_start(month: int) -> date:
    year, position = divmod(month, 12)
    if year < 1:
        return date.min
    return date(year, position + 1, 1) if year <= date.max.year else date.max


def _moment_edges(low: datetime, high: datetime) -> list[datetime]:
    wanted = (high - low).total_seconds() / BARS
    if wanted > _SECONDS[-1]:
        return [datetime.combine(day, time(0), UTC) for day in _day_edges(low.date(), high.date())]
    step = _SECONDS[bisect_left(_SECONDS, wanted)]
    zero = datetime.combine(low.date(), time(0), UTC)
    first = int((low - zero).total_seconds()) // step
    last = int((high - zero).total_seconds()) // step + 1
    end = datetime.max.replace(tzinfo=UTC)
    room = int((end - zero).total_seconds())
    return [
        zero + timedelta(seconds=position * step) if position * step <= room else end
        for position in range(first, last + 1)
    ]
