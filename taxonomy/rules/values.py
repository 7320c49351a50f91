"""Values: those written in rules, read strictly, and those of customers, brought to the type of their attribute."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

from taxonomy.rules.errors import WrongValueError
from taxonomy.rules.limits import LIMITS
from taxonomy.rules.types import TYPE_NAMES, AttributeType

EXACT_INTEGERS = 2**53
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


class UnfitError(ValueError):
    """A value written in a rule cannot be taken; `code` names the fault."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def number_of(written: str) -> int | float:
    """A number as it is written in a rule: finite, and held exactly where it is written as a whole number."""
    if len(written) > LIMITS.number_characters:
        raise UnfitError("invalid_number", f"A number may have at most {LIMITS.number_characters} characters.")
    value = float(written)
    if not math.isfinite(value):
        raise UnfitError("invalid_number", f"{written} is too large; the largest number is about 1.8e308.")
    if value == 0 and re.search(r"[1-9]", re.split(r"[eE]", written)[0]):
        raise UnfitError("invalid_number", f"{written} is too close to zero to be held.")
    if re.fullmatch(r"-?[0-9]+", written):
        return whole_number(int(written))
    return canonical_number(value)


def whole_number(value: int) -> int | float:
    """A whole number, refused where a 64-bit float cannot hold it exactly."""
    try:
        as_float = float(value)
    except OverflowError:
        raise UnfitError("invalid_number", "This number is too large; the largest number is about 1.8e308.") from None
    if int(as_float) != value:
        raise UnfitError(
            "invalid_number", f"{value} has more digits than can be held exactly; use at most 15 digits, or 1.5e20."
        )
    return canonical_number(as_float)


def canonical_number(value: float) -> int | float:
    """The one form of a number in a tree: int where that is exact and short, float elsewhere; never -0."""
    return int(value) if value.is_integer() and abs(value) <= EXACT_INTEGERS else value


def date_of(written: str) -> date:
    """A date written as YYYY-MM-DD, years 0001 to 9999."""
    found = _DATE.fullmatch(written)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise UnfitError("invalid_date", f"'{shown(written)}' is not a date; write it as DATE '2026-01-31'.")


def timestamp_of(written: str) -> datetime:
    """An instant written in ISO 8601, brought to UTC; without a zone it is UTC, without a time midnight."""
    found = _TIMESTAMP.fullmatch(written)
    try:
        if found:
            day, zone = date_of(found[1]), found[6]
            microsecond = int((found[5] or "").ljust(6, "0"))
            moment = datetime(
                day.year, day.month, day.day, int(found[2] or 0), int(found[3] or 0), int(found[4] or 0), microsecond
            )
            return (moment - _offset(zone)).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    raise UnfitError(
        "invalid_timestamp", f"'{shown(written)}' is not a timestamp; write it as TIMESTAMP '2026-01-31T10:30:00Z'."
    )


def days_of(written: str) -> int:
    """The number of days in CURRENT_DATE - INTERVAL 'n' DAY."""
    if re.fullmatch(r"[0-9]{1,6}", written) and int(written) <= LIMITS.days_back:
        return int(written)
    raise UnfitError(
        "invalid_interval",
        f"'{shown(written)}' is not a number of days from 0 to {LIMITS.days_back}; write INTERVAL '90' DAY.",
    )


def text_of(written: str) -> str:
    """A text that shows all it holds: no control characters, no invisible ones, none that turn the direction."""
    found = HIDDEN.search(written)
    if found:
        raise UnfitError(
            "invalid_character",
            f"A text in a rule may not hold the invisible character U+{ord(found[0]):04X}; remove it.",
        )
    return written


def segment_key_of(written: str) -> str:
    """The key of a segment."""
    if KEY.fullmatch(written):
        return written
    raise UnfitError(
        "invalid_key", f"'{shown(written)}' is not the key of a segment: small letters, digits, _ and - only."
    )


def shown(written: str, limit: int = 60) -> str:
    """A text as a message may show it: short, and without hidden characters."""
    visible = HIDDEN.sub("\ufffd", written[: limit + 1])
    return visible if len(written) <= limit else visible[:limit] + "…"


# Letters that newer Unicode tables lower and Python's may not yet: the columnar engine knows them already, and a
# customer must not be in a segment in one evaluation and out of it in another.
NEWER_LETTERS: dict[int, int] = {
    0x1C89: 0x1C8A,
    0xA7CB: 0x0264,
    0xA7CC: 0xA7CD,
    0xA7CE: 0xA7CF,
    0xA7D2: 0xA7D3,
    0xA7D4: 0xA7D5,
    0xA7DA: 0xA7DB,
    0xA7DC: 0x019B,
    **{code: code + 0x20 for code in range(0x10D50, 0x10D66)},
    **{code: code + 0x1B for code in range(0x16EA0, 0x16EB9)},
}


def lower_case(text: str) -> str:
    """The text in lower case by the full Unicode rules (a capital I with dot becomes two characters)."""
    return text.lower() if text.isascii() else text.translate(NEWER_LETTERS).lower()


def customer_value(type_: AttributeType, key: str, raw: Any) -> Any:
    """A customer's value in the type of its attribute.

    Dates and timestamps may come as ISO 8601 text, as JSON keeps them; a timestamp without a zone is UTC.

    Raises WrongValueError where the value does not fit: a missing value is None, never anything else.
    """
    try:
        return _READERS[type_](raw)
    except (TypeError, ValueError, OverflowError):
        raise WrongValueError(f"The value of {key} should be {TYPE_NAMES[type_]}, but is {shown(repr(raw))}.") from None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError(zone)
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if zone[0] == "-" else offset


def _read_number(raw: Any) -> float:
    if type(raw) is float or type(raw) is int:
        value = float(raw)
        if math.isfinite(value):
            return value
    raise TypeError


def _read_text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    raise TypeError


def _read_boolean(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    raise TypeError


def _read_date(raw: Any) -> date:
    if isinstance(raw, str) and len(raw) == 10:
        return date.fromisoformat(raw)
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    raise TypeError


def _read_timestamp(raw: Any) -> datetime:
    value = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    raise TypeError


def _read_set(raw: Any) -> Collection[str]:
    if isinstance(raw, list | tuple | set | frozenset) and all(isinstance(member, str) for member in raw):
        return raw
    raise TypeError


_READERS: dict[AttributeType, Callable[[Any], Any]] = {
    "number": _read_number,
    "text": _read_text,
    "enum": _read_text,
    "boolean": _read_boolean,
    "date": _read_date,
    "timestamp": _read_timestamp,
    "set": _read_set,
}
