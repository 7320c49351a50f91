"""Writes rows as CSV: RFC 4180, UTF-8, no cell that a spreadsheet would run as a formula."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from common.exports import csv_rows
from taxonomy.rules.text import timestamp_text

_EXACT = 2**53


def write_csv(path: Path, frames: Iterable[pl.DataFrame], columns: list[str], *, mark: bool = False) -> None:
    """Write the rows of all frames, one frame in memory at a time. `mark`: begin with the byte order mark, by which
    spreadsheets know UTF-8."""
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
        file.writelines(csv_rows(columns, _rows(frames)))


def _rows(frames: Iterable[pl.DataFrame]) -> Iterator[list[Any]]:
    for frame in frames:
        for row in frame.iter_rows():
            yield [_cell(value) for value in row]


def _cell(value: Any) -> Any:
    """The value in the form in which an import reads it back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, datetime):
        return timestamp_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        # A semicolon or a bar within an item would part it in two.
        is_plain = not any(";" in item or "|" in item or item.startswith("[") for item in value)
        return "; ".join(value) if is_plain else json.dumps(value, ensure_ascii=False)
    return value
