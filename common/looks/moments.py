"""Moments in the words of a reader: how long ago, on which day, at which instant (always UTC, and said so)."""

from datetime import UTC, date, datetime, timedelta

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def day(value: date) -> str:
    """A date as `4 March 2026`."""
    return f"{value.day} {value:%B} {value.year}"


def moment(value: datetime) -> str:
    """An instant as `4 March 2026, 14:05 UTC`."""
    instant = value.astimezone(UTC)
    return f"{day(instant)}, {instant:%H:%M} UTC"


def _length(seconds: int) -> str:
    if seconds < _HOUR:
        return f"{max(1, seconds // _MINUTE)} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h"
    days = seconds // _DAY
    return "1 day" if days == 1 else f"{days} days"


def distance(value: datetime, now: datetime) -> str:
    """How far an instant is from now: `3 h ago`, `in 2 days`; beyond four weeks the day itself."""
    gap = now - value
    seconds = int(abs(gap).total_seconds())
    if seconds < _MINUTE:
        return "just now"
    if abs(gap) >= timedelta(days=28):
        instant = value.astimezone(UTC)
        short = f"{instant.day} {instant:%b}"
        return short if instant.year == now.astimezone(UTC).year else f"{short} {instant.year}"
    return f"{_length(seconds)} ago" if gap > timedelta(0) else f"in {_length(seconds)}"


def duration(seconds: float) -> str:
    """A length of time: `0.4 s`, `4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 days 4 h`."""
    if seconds < 10 and seconds != int(seconds):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        minutes, rest = divmod(whole, _MINUTE)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    if whole >= 2 * _DAY:
        days, rest = divmod(whole, _DAY)
        return f"{days} days {rest // _HOUR} h" if rest >= _HOUR else f"{days} days"
    hours, rest = divmod(whole, _HOUR)
    return f"{hours} h {rest // _MINUTE} min" if rest >= _MINUTE else f"{hours} h"
