"""Plain words for the outside: one line, no control characters, nothing that looks like a person's data."""

import re
import unicodedata

_ADDRESS = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,190}\.[^\s@<>().,;:]{2,}")
_NUMBER = re.compile(r"\+?\d(?:[\s./-]?\d){6,}")
_HIDDEN = "[left out]"


def one_line(text: str, limit: int) -> str:
    """The text in one line without control or direction characters, cut to `limit`."""
    kept = "".join(" " if each.isspace() else each for each in text if each.isspace() or _is_shown(each))
    words = " ".join(kept.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def without_personal_data(text: str) -> str:
    """The text without mail addresses and long numbers (telephones, cards), for what leaves the portal."""
    return _NUMBER.sub(_HIDDEN, _ADDRESS.sub(_HIDDEN, text))


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
