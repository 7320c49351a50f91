"""Types incoming values: what a program or a file sends becomes the stored form, or is refused with a reason in plain
words.
"""

import json
import math
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

MAX_TEXT: Final = 10_000
MAX_SET: Final = 1_000
_EXACT: Final = 2**53
# Groups only where the number is not whole.
_NUMBER = re.compile(r"[+-]?(?:\d{1,400}(\.\d{0,400})?|(\.\d{1,400}))([eE][+-]?\d{1,4})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIMESTAMP = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?(Z|z|[+-]\d{2}:?\d{2})?", re.ASCII)
# C0 and C1 controls but tab and line breaks; lone surrogates. PostgreSQL refuses the NUL and the surrogates.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_TRUE: Final = frozenset({"true", "t", "yes", "y", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "0"})


class ValueRefused(ValueError):
    """A value does not fit its type. `code` is stable, `detail` is for the person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def typed_value(kind: str, choices: Collection[str], raw: Any, *, strict: bool) -> Any:
    """The stored form of `raw` for an attribute of type `kind`; None for a missing value.

    Stored forms: number int or float (finite), text and enum str, boolean bool, date `YYYY-MM-DD`, timestamp `YYYY-
    MM-DDTHH:MM:SS[.ffffff]Z`, set a sorted list of unique str. `strict` takes JSON of the right type only; otherwise
    text is read (files), and Python's own dates, moments and decimals. Raises `ValueRefused`.
    """
    if raw is None:
        return None
    if not strict and (raw == "" or (isinstance(raw, str) and raw.isspace()) or raw != raw):
        # An empty cell; and what floats call "not a number", which unequals itself.
        return None
    return _TYPED[kind](raw, choices, strict)


def shown(raw: Any) -> str:
    """The value as a short quotation for a message."""
    text = raw if isinstance(raw, str) else json.dumps(raw, default=str, ensure_ascii=False)
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text[:61])
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def _wrong(raw: Any, wanted: str) -> ValueRefused:
    return ValueRefused("wrong_type", f"{shown(raw)} is not {wanted}.")


def _number(raw: Any, _choices: Collection[str], strict: bool) -> int | float:
    if isinstance(raw, bool):
        raise _wrong(raw, "a number")
    if isinstance(raw, str) and not strict:
        found = _NUMBER.fullmatch(raw.strip())
        if found is None:
            hint = "; write it with a point and without thousands separators, such as 1234.5" if "," in raw else ""
            raise ValueRefused("wrong_type", f"{shown(raw)} is not a number{hint}.")
        raw = int(raw) if found.lastindex is None else float(raw)
    elif isinstance(raw, Decimal) and not strict:
        raw = int(raw) if raw.is_finite() and raw == raw.to_integral_value() and abs(raw) < 10**30 else float(raw)
    if not isinstance(raw, int | float):
        raise _wrong(raw, "a number")
    return _finite(raw)


def _finite(raw: float) -> int | float:
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise ValueRefused(
                "not_finite", "The number is too large or not a number at all; only finite numbers are kept."
            )
        return int(raw) if raw.is_integer() and abs(raw) <= _EXACT else raw
    if abs(raw) <= _EXACT:
        return raw
    # Beyond 2**53 neighbours fall together, which would make two different account numbers equal in a rule.
    if raw.bit_length() > 1000 or int(float(raw)) != raw:
        raise ValueRefused(
            "too_many_digits",
            "The number has more digits than can be kept exactly; store it as text if it is an identifier.",
        )
    return float(raw)


def _clean(raw: str) -> str:
    if len(raw) > MAX_TEXT:
        raise ValueRefused("too_long", f"The text has {len(raw):,} characters; at most {MAX_TEXT:,} are kept.")
    if not raw.isprintable() and (found := _CONTROL.search(raw)):
        raise ValueRefused(
            "control_character", f"The text contains the control character U+{ord(found[0]):04X}; remove it."
        )
    return raw


def _text(raw: Any, _choices: Collection[str], strict: bool) -> str:
    if isinstance(raw, str):
        return _clean(raw)
    if not strict and isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    raise _wrong(raw, "text")


def _boolean(raw: Any, _choices: Collection[str], strict: bool) -> bool:
    if isinstance(raw, bool):
        return raw
    if not strict and isinstance(raw, str | int):
        word = str(raw).strip().lower()
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
    raise _wrong(raw, "true or false")


def _date(raw: Any, _choices: Collection[str], strict: bool) -> str:
    if not strict:
        if isinstance(raw, datetime) and raw.timetz() in (time(0), time(0, tzinfo=UTC)):
            return raw.date().isoformat()
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw.isoformat()
    text = raw.strip() if isinstance(raw, str) and not strict else raw
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise _wrong(raw, "a date; write it as 2026-01-31")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _wrong(raw, "a day that the calendar has") from None


def _moment(raw: Any, strict: bool) -> datetime:
    if not strict and isinstance(raw, datetime):
        return raw
    text = raw.strip() if isinstance(raw, str) and not strict else raw
    found = _TIMESTAMP.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise _wrong(raw, "a moment; write it as 2026-01-31T14:05:00Z")
    day, minutes, seconds, fraction, zone = found.groups()
    if fraction and fraction[7:].strip("0"):
        raise ValueRefused("too_precise", f"{shown(raw)} is finer than a millionth of a second.")
    zone = "+00:00" if zone in (None, "Z", "z") else zone
    if minutes.startswith("24"):
        raise _wrong(raw, "a moment that the clock has")
    try:
        return datetime.fromisoformat(f"{day}T{minutes}{seconds or ':00'}{(fraction or '')[:7]}{zone}")
    except ValueError:
        raise _wrong(raw, "a moment that the calendar and the clock have") from None


def _timestamp(raw: Any, _choices: Collection[str], strict: bool) -> str:
    moment = _moment(raw, strict)
    try:
        instant = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise _wrong(raw, "a moment between the years 1 and 9999") from None
    return instant.replace(tzinfo=None).isoformat() + "Z"


def _enum(raw: Any, choices: Collection[str], strict: bool) -> str:
    text = _text(raw, choices, strict)
    if text in choices:
        return text
    if not strict and text.strip() in choices:
        return text.strip()
    raise ValueRefused("not_a_choice", f"{shown(raw)} is not one of the choices: {_listed(choices)}.")


def _listed(choices: Collection[str]) -> str:
    some = [shown(choice) for choice in list(choices)[:8]]
    return ", ".join(some) + (f" and {len(choices) - 8} more" if len(choices) > 8 else "")


def _items(raw: Any, strict: bool) -> list[Any]:
    if isinstance(raw, list | tuple):
        return list(raw)
    if strict or not isinstance(raw, str):
        raise _wrong(raw, "a list of texts")
    text = raw.strip()
    if not text.startswith("["):
        return [part for part in (piece.strip() for piece in re.split(r"[;|]", text)) if part]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong(raw, "a list; write it as a;b;c") from None
    if not isinstance(found, list):
        raise _wrong(raw, "a list; write it as a;b;c")
    return found


def _set(raw: Any, choices: Collection[str], strict: bool) -> list[str]:
    items = _items(raw, strict)
    if len(items) > MAX_SET:
        raise ValueRefused("too_many_items", f"The set has {len(items):,} items; at most {MAX_SET:,} are kept.")
    one = _enum if choices else _text
    return sorted({one(item, choices, strict) for item in items})


_TYPED: Final[dict[str, Callable[[Any, Collection[str], bool], Any]]] = {
    "number": _number,
    "text": _text,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
    "enum": _enum,
    "set": _set,
}
