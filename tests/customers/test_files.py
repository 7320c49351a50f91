"""Readers of files: sound ones, and every way in which a file can be broken."""

import gzip
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from customers.errors import UnreadableFile
from customers.transports import FileReader, open_file


def opened(path: Path, content: bytes) -> FileReader:
    path.write_bytes(content)
    return open_file(path)[1]


def rows(reader: FileReader) -> list[tuple[int, Any]]:
    return [(record.line, record.code or dict(record.cells)) for record in reader.records()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload"


def test_csv__plain__cells_by_column_with_their_lines(path: Path) -> None:
    reader = opened(path, b"id,city\n1,Basel\n\n2,Bern")
    assert reader.columns == ["id", "city"]
    assert rows(reader) == [(2, {"id": "1", "city": "Basel"}), (4, {"id": "2", "city": "Bern"})]
    assert reader.rows_expected == 3


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_csv__other_separator__told_by_the_header(path: Path, mark: str) -> None:
    reader = opened(path, f'id{mark}"a,b"\n1{mark}x,y,z\n'.encode())
    assert rows(reader) == [(2, {"id": "1", "a,b": "x,y,z"})]
    assert reader.notes


def test_csv__bom_and_crlf_and_quotes__read(path: Path) -> None:
    reader = opened(path, b'\xef\xbb\xbfid,city\r\n1,"a ""q""\r\nb"\r\n2,c\r\n')
    assert rows(reader) == [(2, {"id": "1", "city": 'a "q"\r\nb'}), (4, {"id": "2", "city": "c"})]


def test_csv__ragged_rows__each_named_and_the_rest_read(path: Path) -> None:
    reader = opened(path, b"id,city\n1\n2,Bern,\n3,x,y\n4,Basel\n")
    assert rows(reader) == [
        (2, "ragged_row"),
        (3, {"id": "2", "city": "Bern"}),
        (4, "ragged_row"),
        (5, {"id": "4", "city": "Basel"}),
    ]


def test_csv__quote_that_never_closes__one_row_that_says_what_it_swallowed(path: Path) -> None:
    reader = opened(path, b'id,city\n1,"open\n' + b"2,Bern\n" * 3)
    (record,) = reader.records()
    assert (record.line, record.code) == (2, "broken_row")
    assert "Lines 2 to 5" in record.fault


def test_csv__text_after_a_closing_quote__that_row_alone_is_broken(path: Path) -> None:
    assert rows(opened(path, b'id,city\n1,"a"b\n2,Bern\n')) == [(2, "broken_row"), (3, {"id": "2", "city": "Bern"})]


def test_csv__hundred_megabytes_in_one_field__one_broken_row_in_little_memory(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"id,city\n1,")
        for _ in range(100):
            file.write(b"x" * 1024 * 1024)
        file.write(b"\n2,Bern\n")
    reader = open_file(path)[1]
    records = list(reader.records())
    assert [(r.line, r.code or r.cells["city"]) for r in records] == [(2, "line_too_long"), (3, "Bern")]
    assert len(records[0].kept()) < 11_000


def test_csv__long_cell_in_one_line__says_so(path: Path) -> None:
    (record,) = opened(path, b"id,city\n1," + b"x" * 200_000 + b"\n").records()
    assert "131,072" in record.fault


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "empty_file", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty_file", "empty"),
        (b"id,city\n1,B\xe9ziers\n", "wrong_encoding", "line 2 holds the byte 0xE9 at position 11"),
        (b"id,city\n" + b"1,a\n" * 400_000 + b"2,\xe9\n", "wrong_encoding", "line 400,002"),
        (b"id,city\n1,\xc3", "wrong_encoding", "line 2"),
        ("id,city\n1,a".encode("utf-16"), "wrong_encoding", "UTF-16"),
        (b"id,id\n1,2\n", "duplicate_column", "“id”"),
        (b"id,city\r1,a\r2,b\r", "wrong_line_ends", "Macintosh"),
        (b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "too_many_columns", "100,000"),
        (b"\x00\x01\x02,\x03\n", "not_text", "NUL"),
        (gzip.compress(b"id\n1\n", mtime=0), "wrong_format", "gzip"),
        (b'[{"id": 1}]', "wrong_format", "JSON list"),
        (b"PAR1 but then nothing", "broken_parquet", "cut off"),
        (b"PAR1 and then rubbish PAR1", "broken_parquet", "cannot be read"),
        (b"{}\n{}\n", "no_rows", "JSON object"),
    ],
)
def test_file__not_readable__refused_in_plain_words(path: Path, content: bytes, code: str, words: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        opened(path, content)
    assert refused.value.code == code
    assert words in refused.value.detail


def test_file__spreadsheet__told_how_to_save_it(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(UnreadableFile, match="CSV UTF-8"):
        open_file(path)


def test_jsonl__flat_and_nested__cells_by_key(path: Path) -> None:
    reader = opened(
        path, b'{"external_id": "1", "orders": 2}\n\n{"external_id": "2", "attributes": {"city": "Bern"}}\n'
    )
    assert reader.columns == ["external_id", "orders", "city"]
    assert rows(reader) == [(1, {"external_id": "1", "orders": 2}), (3, {"external_id": "2", "city": "Bern"})]


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[1]",
        b'"x"',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b"[" * 100_000,
        b'{"attributes": 3}',
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_jsonl__broken_line__named_and_the_rest_read(path: Path, line: bytes) -> None:
    found = rows(opened(path, b'{"id": 0}\n' + line + b'\n{"id": 1}\n'))
    assert [row[0] for row in found] == [1, 2, 3]
    assert found[1][1] in ("broken_row", "not_an_object")
    assert found[2][1] == {"id": 1}


def test_parquet__plain__native_values(path: Path) -> None:
    pl.DataFrame({"id": [1, 2], "day": ["2026-01-31", None]}).with_columns(pl.col("day").str.to_date()).write_parquet(
        path
    )
    kind, reader = open_file(path)
    assert kind == "parquet"
    assert [record.line for record in reader.records()] == [1, 2]
    assert str(next(iter(reader.records())).cells["day"]) == "2026-01-31"
    assert reader.rows_expected == 2
