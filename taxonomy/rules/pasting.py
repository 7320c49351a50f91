"""Values out of what somebody pastes: lines, cells of a sheet, or a list with commas, with or without quotes."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"""\s*(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)")\s*(?:[,;\n\t]|$)""")
_PARTS = re.compile(r"[,;]")


def pasted_values(text: str, type_: str, choices: tuple[str, ...] = ()) -> list[str]:
    """The values in the order in which they stand, without blanks around them and without empty ones.

    Lines and tabs always part values; commas and semicolons do so in one line, unless the line itself is a choice.
    Quoted values keep what stands between their quotes.
    """
    quoted = _all_quoted(text)
    if quoted is not None:
        return quoted
    cells = [cell.strip() for cell in re.split(r"[\r\n\t]+", text)]
    if len(cells) == 1 and cells[0] not in choices:
        cells = [cell.strip() for cell in _PARTS.split(cells[0])]
    if type_ == "number" and len(cells) == 1:
        cells = cells[0].split()
    return [cell for cell in cells if cell]


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
