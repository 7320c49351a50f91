"""A pasted table of segments: one line each, its cells parted by tabs, semicolons or commas."""

import csv
from dataclasses import dataclass

COLUMNS = ("segment", "parent", "name", "tier")
_HEADS = ("segment", "segment key", "key")


@dataclass(frozen=True)
class Line:
    """One line of the table: its number as the writer counts it, and its cells by column; absent ones are empty."""

    number: int
    cells: dict[str, str]
    spare: int = 0


def lines_of(text: str) -> list[Line]:
    """The lines in which something stands, without the headings; cells beyond the last column are counted, not kept."""
    parting = next((sign for sign in "\t;" if sign in text), ",")
    found: list[Line] = []
    for number, written in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in next(csv.reader([written], delimiter=parting), [])]
        is_head = not found and bool(cells) and cells[0].casefold() in _HEADS
        if any(cells) and not is_head:
            padded = [*cells, *("" for _ in COLUMNS)]
            found.append(Line(number, dict(zip(COLUMNS, padded, strict=False)), max(0, len(cells) - len(COLUMNS))))
    return found
