"""The values worth trying for a threshold: where customers really are, in round numbers, with the present one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from math import floor, isfinite, log10
from typing import Any

MOST = 25
USUAL_DAYS = (7, 14, 30, 60, 90, 120, 180, 270, 365, 540, 730)
FACTORS = (0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0)
NEAR_DAYS = (7, 30, 90)
FARTHEST_DAYS = 36_600


def ladder(kind: str, quantiles: Sequence[Any], present: Any, *, today: date, most: int = MOST) -> list[Any]:
    """At most `most` rising values of the kind of `present`, which is always among them.

    `quantiles` rise and are values of the attribute: floats, dates or aware datetimes. Kind `days` counts back from
    `today`.
    """
    found = {present, *_KINDS[kind](quantiles, present, today)}
    return _thinned(sorted(found), present, most)


def evenly(kind: str, low: Any, high: Any, present: Any, most: int = MOST) -> list[Any]:
    """Values from `low` to `high` in even steps, with the present one; whole numbers where both ends are whole."""
    steps = range(most - 1)
    if kind in ("number", "days"):
        whole = kind == "days" or (float(low).is_integer() and float(high).is_integer())
        # Not low + (high - low) * ..., since the difference of two numbers can be too large to be held.
        raw = [low * (1 - step / (most - 2)) + high * (step / (most - 2)) for step in steps]
        spread: Iterable[Any] = {_plain(round(value) if whole else _significant(value, 4)) for value in raw}
    else:
        spread = {low + min(_whole_days((high - low) * step / (most - 2)), high - low) for step in steps}
    return sorted({*spread, low, high, present})[: most + 2]


def _whole_days(length: timedelta) -> timedelta:
    return timedelta(days=round(length / timedelta(days=1)))


def _numbers(quantiles: Sequence[float], present: float, _: date) -> Iterable[float]:
    whole = float(present).is_integer() and all(float(value).is_integer() for value in quantiles)
    near = [value for factor in FACTORS if isfinite(value := present * factor)]
    if whole and abs(present) < 20:
        near += [present + step for step in range(-3, 4)]
    low, high = (min(quantiles), max(quantiles)) if quantiles else (present, present)
    rounded = [_significant(value, 2) for value in (*quantiles, *near)]
    return {_plain(round(value) if whole else value) for value in rounded if min(low, 0) <= value <= max(high, present)}


def _dates(quantiles: Sequence[date], present: date, _: date) -> Iterable[date]:
    is_long = bool(quantiles) and (quantiles[-1] - quantiles[0]).days > 730
    snapped = [value.replace(day=1) if is_long else value for value in quantiles]
    return {*snapped, *_near(present)}


def _timestamps(quantiles: Sequence[datetime], present: datetime, _: date) -> Iterable[datetime]:
    return {*(datetime(value.year, value.month, value.day, tzinfo=UTC) for value in quantiles), *_near(present)}


def _days(quantiles: Sequence[date], present: int, today: date) -> Iterable[int]:
    back = [(today - value).days for value in quantiles]
    farthest = max([*back, present, 30])
    usual = [days for days in USUAL_DAYS if days <= farthest]
    near = [present * factor for factor in FACTORS]
    rounded = (round(_significant(value, 2)) for value in (*back, *near))
    return {days for days in (*rounded, *usual) if 0 <= days <= FARTHEST_DAYS}


def _near(present: Any) -> list[Any]:
    found = []
    for days in (*NEAR_DAYS, *(-days for days in NEAR_DAYS)):
        try:
            found.append(present + timedelta(days=days))
        except OverflowError:
            continue
    return found


_KINDS: dict[str, Callable[[Any, Any, date], Iterable[Any]]] = {
    "number": _numbers,
    "date": _dates,
    "timestamp": _timestamps,
    "days": _days,
}


def _significant(value: float, digits: int) -> float:
    """The value rounded to so many digits that count."""
    if not value:
        return 0.0
    rounded = round(value, digits - 1 - floor(log10(abs(value))))
    return rounded if isfinite(rounded) else value


def _plain(value: float) -> float:
    """A whole number as int, so that it is written without a point."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value


def _thinned(values: list[Any], present: Any, most: int) -> list[Any]:
    """At most `most`, spread evenly over their order, both ends and the present one among them."""
    if len(values) <= most:
        return values
    others = [value for value in values if value != present]
    chosen = {round(step * (len(others) - 1) / (most - 2)) for step in range(most - 1)}
    return sorted({present, *(others[place] for place in chosen)})
