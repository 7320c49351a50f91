"""When a mail is due: at once, at the hour of the digest, or after the quiet hours."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 8


@dataclass(frozen=True)
class Clock:
    """A person's clock: zone, hour of the digest, and quiet hours (from, until) or None."""

    zone: str = "UTC"
    digest_hour: int = 7
    quiet: tuple[int, int] | None = None


def due_at(moment: datetime, mode: str, clock: Clock, *, is_urgent: bool = False) -> datetime | None:
    """When the mail about something of `moment` goes out (UTC); None when never.

    Urgent mail goes at once, whatever the hour and the mode, unless the person wants none at all.
    """
    if mode == "never":
        return None
    if is_urgent:
        return moment
    here = moment.astimezone(ZoneInfo(clock.zone))
    if mode == "daily":
        at = _at(here, clock.digest_hour)
        return (at if at > here else _at(here + timedelta(days=1), clock.digest_hour)).astimezone(UTC)
    return _after_quiet(here, clock.quiet).astimezone(UTC)


def next_try(moment: datetime, attempts: int) -> datetime:
    """When to try again after so many failures: 1, 2, 4 ... minutes, at most 4 hours."""
    return moment + timedelta(minutes=min(240, 2 ** max(0, attempts - 1)))


def _after_quiet(here: datetime, quiet: tuple[int, int] | None) -> datetime:
    if quiet is None or quiet[0] == quiet[1]:
        return here
    start, end = quiet
    is_quiet = start <= here.hour < end if start < end else here.hour >= start or here.hour < end
    if not is_quiet:
        return here
    at = _at(here, end)
    return at if at > here else _at(here + timedelta(days=1), end)


def _at(here: datetime, hour: int) -> datetime:
    return datetime.combine(here.date(), time(hour), tzinfo=here.tzinfo)
