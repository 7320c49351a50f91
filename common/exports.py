"""Streams tables as CSV that no spreadsheet will run as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# Also as full-width signs, which spreadsheets of East Asia read as the plain ones; blanks before them do not help.
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_CONTROL_STARTS = ("\t", "\r")


def safe_cell(value: Any) -> Any:
    """The value for a CSV cell: text that a spreadsheet could run gets a leading apostrophe; numbers stay numbers."""
    if isinstance(value, bool) or not isinstance(value, str):
        return value
    is_unsafe = value.startswith(_CONTROL_STARTS) or value.lstrip().startswith(_FORMULA_STARTS)
    return f"'{value}" if is_unsafe else value


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Lines of a CSV (RFC 4180), header first, for a streaming response."""
    writer = csv.writer(_Echo())
    yield writer.writerow([safe_cell(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])
