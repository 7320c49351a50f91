"""Ids that other systems know customers by."""

import unicodedata
from typing import Any, Final

from customers.rows.values import ValueRefused

MAX_LENGTH: Final = 200
_UNSAFE: Final = frozenset("/\\")


def checked_external_id(raw: Any) -> str:
    """The id in NFC without surrounding space, at most 200 characters; whole numbers become their digits.

    Raises `ValueRefused` for emptiness, control, invisible and direction-changing characters, line separators, slashes
    (an id is one part of an address) and the names `.` and `..`.
    """
    if isinstance(raw, bool) or raw is None or not isinstance(raw, str | int):
        if isinstance(raw, float) and raw.is_integer():
            return checked_external_id(int(raw))
        raise ValueRefused("no_external_id", "The customer's id is missing; every row needs one.")
    text = unicodedata.normalize("NFC", str(raw)).strip()
    if not text:
        raise ValueRefused("no_external_id", "The customer's id is empty; every row needs one.")
    if len(text) > MAX_LENGTH:
        raise ValueRefused(
            "id_too_long", f"The customer's id has {len(text):,} characters; at most {MAX_LENGTH} are kept."
        )
    if text.isascii() and text.isalnum():
        return text
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise ValueRefused("odd_id", f"The customer's id contains the invisible character U+{ord(character):04X}.")
        if character in _UNSAFE:
            raise ValueRefused(
                "odd_id", f"The customer's id contains “{character}”, which cannot be part of an address."
            )
    if text in (".", ".."):
        raise ValueRefused("odd_id", "The customer's id may not be “.” or “..”.")
    return text
