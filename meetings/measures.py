"""The timer of an item in words, and the dates of a series. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from meetings.choices import DAYS


@dataclass(frozen=True)
class Timer:
    """How long an item has taken: in words, with the tone whose shape they carry."""

    words: str
    tone: str


def timer_in_words(seconds: int, minutes: int) -> Timer:
    """The time an item took against the minutes meant for it."""
    spent = seconds // 60
    if spent >= minutes:
        return Timer(f"{spent - minutes} min over its {minutes}", "bad")
    left = minutes - spent
    return Timer(f"{left} min left of {minutes}", "warn" if left <= max(1, minutes // 5) else "wait")


def dates_between(first_at: datetime, cadence: str, zone: str, since: datetime, until: datetime) -> list[datetime]:
    """The instants of a series between the two (UTC); the hour of the wall clock stays through summer time."""
    here = first_at.astimezone(ZoneInfo(zone))
    step = timedelta(days=DAYS[cadence])
    skipped = max(0, (since - first_at) // step - 1)
    at = here + skipped * step
    found: list[datetime] = []
    while (instant := at.astimezone(UTC)) < until:
        if instant >= since:
            found.append(instant)
        at += step
    return found
