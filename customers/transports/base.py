"""What every reader of a file of customers gives."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Protocol

MAX_COLUMNS: Final = 2_000
MAX_LINE: Final = 1024 * 1024
MAX_RAW: Final = 10_000


@dataclass(slots=True)
class Record:
    """One row of a file: where it stands, its cells by column, or why it cannot be read; `raw` as it stood, for the
    quarantine.
    """

    line: int
    cells: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    fault: str = ""
    raw: str = ""

    def kept(self) -> str:
        """The row as it stood, for the quarantine; of a format without text, as JSON."""
        return kept_raw(self.raw or json.dumps(self.cells, default=str, ensure_ascii=False))


class FileReader(Protocol):
    """A file that has been opened and looks sound. `is_strict`: values are typed JSON, not text to be read."""

    is_strict: ClassVar[bool]
    columns: list[str]
    rows_expected: int
    notes: list[str]

    def records(self) -> Iterator[Record]:
        """The rows from the first one on, in the order of the file."""
        ...


def kept_raw(text: str) -> str:
    """What is kept of a refused row: without the NUL, which PostgreSQL cannot store, and not without end."""
    safe = text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return safe if len(safe) <= MAX_RAW else safe[:MAX_RAW] + " …"
