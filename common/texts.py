"""Cleans text that people and programs send in."""

import unicodedata
from typing import Any

from common.errors import Invalid

# Invisible and direction-changing characters let a name look like another one.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u061c\u180e") | {
    chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)
}


def clean_text(value: Any, *, pointer: str, max_length: int, required: bool = True, lines: bool = False) -> str:
    """The text in NFC without surrounding space.

    Raises `Invalid` at `pointer` for another type, control or invisible characters, lone surrogates, emptiness
    where required, or more than `max_length` characters. `lines` permits line breaks and tabs.
    """
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise Invalid("This must be text.", code="wrong_type", pointer=pointer)
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
    if not text and required:
        raise Invalid("This must not be empty.", code="required", pointer=pointer)
    if len(text) > max_length:
        raise Invalid(f"At most {max_length:,} characters; this has {len(text):,}.", code="too_long", pointer=pointer)
    for character in text:
        allowed_break = lines and character in "\n\t"
        category = unicodedata.category(character)
        if (category in ("Cc", "Cs") and not allowed_break) or character in _INVISIBLE:
            raise Invalid(
                f"The character U+{ord(character):04X} is invisible or changes the direction of text; remove it.",
                code="invisible_character",
                pointer=pointer,
            )
    return text
