"""Tells by its content, never by its name, what a file is, and opens it."""

from pathlib import Path
from typing import Final

from customers.errors import UnreadableFile
from customers.transports.base import FileReader
from customers.transports.csv_files import CsvFile
from customers.transports.json_files import JsonLinesFile

_FOREIGN: Final = (
    (b"\x1f\x8b", "The file is compressed (gzip). Unpack it and upload what is inside."),
    (b"PK\x03\x04", "The file is a spreadsheet or a zip archive. Save the sheet as “CSV UTF-8” and upload that."),
    (b"\xd0\xcf\x11\xe0", "The file is an old spreadsheet (xls). Save the sheet as “CSV UTF-8” and upload that."),
    (b"\x28\xb5\x2f\xfd", "The file is compressed (zstd). Unpack it and upload what is inside."),
    (b"BZh", "The file is compressed (bzip2). Unpack it and upload what is inside."),
    (b"%PDF", "The file is a PDF. Upload CSV, JSON lines or Parquet."),
)  # fmt: skip


def open_file(path: Path) -> tuple[str, FileReader]:
    """(format, reader) of a file: parquet, jsonl or csv.

    Raises `UnreadableFile` for an empty file, an archive, another encoding than UTF-8, a broken file, a missing or
    doubled header.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise UnreadableFile("The file is empty.", code="empty_file", pointer="/file")
    for mark, advice in _FOREIGN:
        if head.startswith(mark):
            raise UnreadableFile(advice, code="wrong_format", pointer="/file")
    if head.startswith(b"PAR1"):
        # Not on top: a process that only reads text never pays for Polars.
        from customers.transports.parquet_files import ParquetFile

        return "parquet", ParquetFile(path)
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first == b"[":
        raise UnreadableFile(
            "The file is one JSON list. Write JSON lines: one object per line, no brackets or commas around them.",
            code="wrong_format",
            pointer="/file",
        )
    return ("jsonl", JsonLinesFile(path)) if first == b"{" else ("csv", CsvFile(path))
