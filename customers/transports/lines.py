"""Lines of a text file: checked to be UTF-8 as a whole, then read one by one with a bound on their length."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from customers.errors import UnreadableFile
from customers.transports.base import MAX_LINE

_CHUNK: Final = 1024 * 1024
# The longer marks first: the mark of UTF-32 begins with that of UTF-16.
_OTHER_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SAVE: Final = "Save the file as “CSV UTF-8” (or as UTF-8 text) and upload it again."


class TooLong(Exception):
    """A line is longer than MAX_LINE; it was skipped."""


def check_text(path: Path) -> int:
    """The number of line ends of a UTF-8 file. Raises `UnreadableFile` naming byte and line for any other encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = breaks = returns = 0
    with path.open("rb") as file:
        head = file.read(4)
        for mark, name in _OTHER_MARKS:
            if head.startswith(mark):
                raise UnreadableFile(f"The file is {name}, not UTF-8. {_SAVE}", code="wrong_encoding", pointer="/file")
        file.seek(0)
        while chunk := file.read(_CHUNK):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                _refuse(chunk, max(0, error.start - pending), offset, breaks)
            offset += len(chunk)
            breaks += chunk.count(b"\n")
            returns += chunk.count(b"\r")
    if decoder.getstate()[0]:
        _refuse(b"\x00", 0, offset - 1, breaks)
    if not breaks and returns > 1:
        raise UnreadableFile(
            "The lines of the file end in the old Macintosh way (CR alone). Save it with line feeds.",
            code="wrong_line_ends",
            pointer="/file",
        )
    return breaks


def _refuse(chunk: bytes, at: int, offset: int, breaks: int) -> None:
    line = breaks + chunk.count(b"\n", 0, at) + 1
    raise UnreadableFile(
        f"The file is not UTF-8: line {line:,} holds the byte 0x{chunk[at]:02X} at position {offset + at:,}, which is "
        f"no UTF-8 character. {_SAVE}",
        code="wrong_encoding",
        pointer="/file",
        extra={"line": line, "byte": offset + at},
    )


class Lines:
    """Iterates decoded lines; raises TooLong in place of a line beyond the bound, and goes on after it.

    `number` is the line just read (from 1); `taken` holds the lines since `begin` was called.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.number = 0
        self.taken: list[str] = []
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)

    def begin(self) -> None:
        """Forget the lines taken so far."""
        self.taken.clear()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._file.readline(MAX_LINE + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) > MAX_LINE:
            self.taken.append(raw[:10_000].decode("utf-8", "replace"))
            while not raw.endswith(b"\n") and raw:
                raw = self._file.readline(_CHUNK)
            raise TooLong
        text = raw.decode("utf-8")
        self.taken.append(text)
        return text
