"""Values out of what somebody pastes: lines, cells of a sheet, or a list with commas, with or without quotes."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"""\s*(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)")\s*(?:[,;\n\t]|$)""")
_PARTS = re.compile(r"[,;]")
# Values of these types never hold what parts them.
_WORDLESS = {"number": r"[\s,;]+", "date": r"[\s,;]+", "timestamp": r"[\r\n\t,;]+"}


def pasted_values(text: str, type_: str, choices: tuple[str, ...] = ()) -> list[str]:
    """The values in the order in which they stand, without blanks around them and without empty ones.

    Lines and tabs always part values; commas and semicolons do so in a single line of texts that is no choice itself.
    Quoted values keep what stands between their quotes.
    """
    quoted = _all_quoted(text)
    if quoted is not None:
        return quoted
    if type_ in _WORDLESS:
        cells = re.split(_WORDLESS[type_], text)
    else:
        cells = re.split(r"[\r\n\t]+", text)
        if len(cells) == 1 and cells[0].strip() not in choices:
            cells = _PARTS.split(cells[0])
    return [cell.strip() for cell in cells if cell.strip()]


def _all_quoted(text: str) -> list[str] | None:
    """The values where all of them stand in quotes."""
    found: list[str] = []
    position = 0
    written = text.strip().strip("()").strip()
    while position < len(written):
        match = _QUOTED.match(written, position)
        if match is None:
            return None
        single, double = match[1], match[2]
        found.append(single.replace("''", "'") if single is not None else double.replace('""', '"'))
        position = match.end()
    return found or None
