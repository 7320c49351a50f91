"""Reads JSON lines: one object per line, flat or with its values under `attributes`."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Final

from common.api.parsers import parse_json
from customers.errors import UnreadableFile
from customers.transports.base import MAX_COLUMNS, Record
from customers.transports.lines import Lines, TooLong, check_text

_LOOK: Final = 2_000


class JsonLinesFile:
    """A file of JSON lines. `columns` are the keys of the first rows; keys that come later are read all the same."""

    is_strict: ClassVar[bool] = True

    def __init__(self, path: Path) -> None:
        self._path = path
        breaks = check_text(path)
        with path.open("rb") as file:
            file.seek(-1, 2)
            self.rows_expected = breaks + (file.read(1) != b"\n")
        names: dict[str, None] = {}
        for record in islice(self.records(), _LOOK):
            names.update(dict.fromkeys(record.cells))
            if len(names) > MAX_COLUMNS:
                raise UnreadableFile(
                    f"The rows have more than {MAX_COLUMNS:,} different keys.", code="too_many_columns", pointer="/file"
                )
        if not names:
            raise UnreadableFile(
                "None of the first lines is a JSON object. Write one object per line.", code="no_rows", pointer="/file"
            )
        self.columns = list(names)
        self.notes: list[str] = []

    def records(self) -> Iterator[Record]:
        """One row per line that is not blank."""
        with self._path.open("rb") as file:
            lines = Lines(file)
            while True:
                lines.begin()
                try:
                    text = next(lines)
                except StopIteration:
                    return
                except TooLong:
                    yield _fault(lines, "line_too_long", "The line is longer than 1 MiB.")
                    continue
                if text.strip():
                    yield _record(lines, text)


def _fault(lines: Lines, code: str, fault: str) -> Record:
    return Record(lines.number, code=code, fault=fault, raw="".join(lines.taken))


def _record(lines: Lines, text: str) -> Record:
    try:
        value: Any = parse_json(text.encode())
    except ValueError as error:
        return _fault(lines, "broken_row", f"This is not sound JSON: {error}.")
    if not isinstance(value, dict):
        return _fault(lines, "not_an_object", "The line is JSON, but not an object of key and value.")
    nested = value.pop("attributes", None)
    if nested is not None and not isinstance(nested, dict):
        return _fault(lines, "not_an_object", "“attributes” must be an object of key and value.")
    return Record(lines.number, {**value, **(nested or {})}, raw=text)
