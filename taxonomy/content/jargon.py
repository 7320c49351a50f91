"""Finds words that a newcomer cannot look up: abbreviations that nobody has defined."""

import re
from collections.abc import Callable
from typing import Final

# Known to everybody, or words of the rule language and of the portal's own pages.
COMMON: Final = frozenset({
    "AM", "AND", "API", "ASAP", "BETWEEN", "CD", "CEO", "CET", "CFO", "CSS", "CSV", "CTO", "DIY", "DVD", "EST", "ET",
    "ETA", "EU", "EUR", "EXISTS", "FALSE", "FAQ", "FOR", "GBP", "GDPR", "GMT", "GPS", "HR", "HTML", "HTTP", "HTTPS",
    "ID", "IN", "INC", "IS", "ISO", "IT", "JSON", "LIKE", "LTD", "NB", "NO", "NOT", "NULL", "OK", "ON", "OR", "PC",
    "PDF", "PIN", "PM", "PR", "PS", "PST", "QA", "SMS", "SQL", "TBC", "TBD", "TRUE", "TV", "UK", "UN", "URL", "US",
    "USA", "USB", "USD", "UTC", "UX", "VAT", "VIP", "VS", "WC", "WIFI", "XML", "YES", "ZIP",
})  # fmt: skip
_CAPITALS: Final = re.compile(r"(?<![\w@#/.-])[A-Z][A-Z0-9]*(?:&[A-Z0-9]+)?(?=s?(?![\w@/]))")
_ROMAN: Final = re.compile(r"[IVXLC]+")
# What is quoted as it is written elsewhere: code, addresses, mail.
_QUOTED: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\b(?:https?|mailto):\S+|\S+@\S+", re.DOTALL)
_LONGEST: Final = 6


def unknown_abbreviations(text: str, is_known: Callable[[str], bool]) -> list[str]:
    """The abbreviations of a text that `is_known` does not know, each once, in their order.

    Passages in capitals throughout are shouting, not abbreviations, and stay out.
    """
    found: dict[str, None] = {}
    plain = _QUOTED.sub(" ", text)
    for line in plain.splitlines():
        if _is_shouted(line):
            continue
        for match in _CAPITALS.finditer(line):
            word = match.group()
            if _is_abbreviation(word) and word not in COMMON and not is_known(word):
                found.setdefault(word)
    return list(found)


def _is_abbreviation(word: str) -> bool:
    letters = sum(each.isalpha() for each in word)
    return 2 <= len(word) <= _LONGEST and letters >= 2 and not _ROMAN.fullmatch(word)


def _is_shouted(line: str) -> bool:
    letters = [each for each in line if each.isalpha()]
    return len(letters) > 2 * _LONGEST and sum(each.isupper() for each in letters) > 0.8 * len(letters)
