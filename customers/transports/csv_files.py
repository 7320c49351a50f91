"""Reads CSV: comma, semicolon, tab or bar; RFC 4180 quotes; rows in error are given as such, never guessed at."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, ClassVar, Final

from customers.errors import UnreadableFile
from customers.transports.base import MAX_COLUMNS, Record
from customers.transports.lines import Lines, TooLong, check_text

_DELIMITERS: Final = ",;\t|"
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def _delimiter(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


class CsvFile:
    """A CSV file with a header. Raises `UnreadableFile` when there is none, or it names a column twice."""

    is_strict: ClassVar[bool] = False

    def __init__(self, path: Path) -> None:
        self._path = path
        breaks = check_text(path)
        with path.open("rb") as file:
            lines = Lines(file)
            self._header_line, self.columns, self._delimiter = self._header(lines)
            ends_open = not _ends_with_break(file)
        self.rows_expected = max(0, breaks + ends_open - self._header_line)
        self.notes = [f"Columns are separated by {_NAMES[self._delimiter]}."] if self._delimiter != "," else []

    @staticmethod
    def _header(lines: Lines) -> tuple[int, list[str], str]:
        try:
            first = next((line for line in lines if line.strip()), "")
        except TooLong:
            raise UnreadableFile(
                "The first line of the file is longer than 1 MiB. It should name the columns.", pointer="/file"
            ) from None
        if not first:
            raise UnreadableFile("The file is empty.", code="empty_file", pointer="/file")
        delimiter = _delimiter(first)
        try:
            names = next(csv.reader([first], delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise UnreadableFile(f"The first line does not name the columns: {error}.", pointer="/file") from None
        return lines.number, _column_names(names), delimiter

    def records(self) -> Iterator[Record]:
        """The rows after the header; blank lines are passed over."""
        with self._path.open("rb") as file:
            lines = Lines(file)
            while lines.number < self._header_line:
                next(lines)
            reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
            while True:
                lines.begin()
                start = lines.number + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except TooLong:
                    yield self._fault(start, lines, "line_too_long", "The line is longer than 1 MiB.")
                except csv.Error as error:
                    yield self._fault(start, lines, "broken_row", _explained(str(error), start, lines.number))
                else:
                    if cells:
                        yield self._record(start, cells, lines)

    def _record(self, line: int, cells: list[str], lines: Lines) -> Record:
        wanted = len(self.columns)
        if len(cells) != wanted and (len(cells) < wanted or any(cells[wanted:])):
            return self._fault(
                line, lines, "ragged_row", f"The row has {len(cells):,} cells; the header names {wanted:,}."
            )
        return Record(line, dict(zip(self.columns, cells, strict=False)), raw="".join(lines.taken))

    @staticmethod
    def _fault(line: int, lines: Lines, code: str, fault: str) -> Record:
        return Record(line, code=code, fault=fault, raw="".join(lines.taken))


def _explained(error: str, start: int, end: int) -> str:
    if "field limit" in error and end <= start:
        return "A cell is longer than 131,072 characters."
    if "unexpected end of data" in error or "field limit" in error:
        through = f" Lines {start:,} to {end:,} were read as one row and are all left out." if end > start else ""
        return f"A quotation mark opens here and does not close.{through}"
    return "A quoted cell goes on after its closing quotation mark; write a quotation mark within a cell twice."


def _column_names(names: list[str]) -> list[str]:
    if len(names) > MAX_COLUMNS:
        raise UnreadableFile(
            f"The file has {len(names):,} columns; at most {MAX_COLUMNS:,} can be read.",
            code="too_many_columns",
            pointer="/file",
        )
    if any("\x00" in name for name in names):
        raise UnreadableFile(
            "The first line holds NUL bytes; this is not a text file with columns.", code="not_text", pointer="/file"
        )
    columns = [name.strip()[:200] or f"(column {position})" for position, name in enumerate(names, 1)]
    twice = sorted({name for name in columns if columns.count(name) > 1})[:5]
    if twice:
        raise UnreadableFile(
            f"The header names {', '.join(f'“{one}”' for one in twice)} more than once. Give each column its own name.",
            code="duplicate_column",
            pointer="/file",
        )
    return columns


def _ends_with_break(file: IO[bytes]) -> bool:
    file.seek(-1, 2)
    return file.read(1) == b"\n"
