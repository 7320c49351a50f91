"""When something happened, by a program's clock: reads what programs write, corrects clocks that are wrong."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from customers.rows.values import ValueRefused, shown

# Of the difference between sending and receipt, this much is the way, not the clock: correcting it would shuffle what
# one program sends in two calls.
ON_THE_WAY: Final = timedelta(seconds=5)
_INSTANT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


def instant_of(raw: Any, what: str) -> datetime | None:
    """The instant in UTC, or None where nothing is given. Without a zone it is UTC; finer than a millionth is cut off;
    months and days may have one digit. Raises `ValueRefused` for anything that the calendar or the clock does not have.
    """
    if raw is None or raw == "":
        return None
    found = _INSTANT.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        raise ValueRefused("odd_time", f"{what} {shown(raw)} is no moment; write it as 2026-01-31T14:05:00.000Z.")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        day_of = datetime(int(year), int(month), int(day), tzinfo=UTC)
        local = day_of.replace(hour=int(hour or 0), minute=int(minute or 0), second=int(second or 0))
        return local.replace(microsecond=int(f"{fraction or '':0<6.6}")) - _offset(zone)
    except (ValueError, OverflowError):
        detail = f"{what} {shown(raw)} is no moment that the calendar and the clock have."
        raise ValueRefused("odd_time", detail) from None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta(0)
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("no such zone")
    ahead = timedelta(hours=hours, minutes=minutes)
    return ahead if zone[0] == "+" else -ahead


def happened_at(said: datetime | None, sent: datetime | None, received: datetime) -> datetime:
    """When it happened by our clock: what the program said, moved by how wrong its clock is (`sent` against
    `received`), never after the receipt. Without `said` it is the receipt.
    """
    if said is None:
        return received
    if sent is not None:
        wrong = received - sent
        if wrong < timedelta(0) or wrong > ON_THE_WAY:
            try:
                said += wrong
            except OverflowError:
                return received
    return min(said, received)
