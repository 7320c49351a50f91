"""Text, Markdown, cells and keys: hostile input is refused or made harmless."""

import json

import pytest

from common.api.parsers import parse_json
from common.digests import canonical_json, digest_of
from common.errors import Invalid
from common.exports import csv_rows, safe_cell
from common.keys import check_key
from common.markdown import render
from common.texts import clean_text


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\u200bb", "line\nbreak", "\ud800", "x" * 11])
def test_clean_text__hidden_or_too_long__is_refused_with_its_place(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_text(text, pointer="/name", max_length=10)
    assert refused.value.errors[0]["pointer"] == "/name"


def test_clean_text__composed_and_decomposed__are_one() -> None:
    assert clean_text("Cafe\u0301 ", pointer="/n", max_length=10) == "Café"


@pytest.mark.parametrize("key", ["Vip", "a b", "", "-a", "ä", "a" * 64, "a\n", None, 5])
def test_check_key__not_a_key__is_refused(key: object) -> None:
    with pytest.raises(Invalid):
        check_key(key)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![x](http://tracker/x.png)",
        "[x](data:text/html,<script>1</script>)",
        "<a href='x' onclick='y'>z</a>",
        "<svg onload=alert(1)>",
    ],
)
def test_markdown__hostile__carries_nothing_that_runs_or_calls_out(text: str) -> None:
    html = render(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "<svg" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_markdown__text__keeps_its_meaning() -> None:
    assert render("**half** of [it](https://x.org)\n\n- a") == (
        '<p><strong>half</strong> of <a href="https://x.org" rel="noopener noreferrer nofollow">it</a></p>\n'
        "<ul>\n<li>a</li>\n</ul>\n"
    )


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "\r=1"])
def test_safe_cell__formula__is_text(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


def test_csv_rows__numbers_and_text__quoted_and_safe() -> None:
    assert "".join(csv_rows(["a"], [[-1], ["=x"], ['say "x", y']])) == 'a\r\n-1\r\n\'=x\r\n"say ""x"", y"\r\n'


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b'"\\u0000"',
        b'"\\ud800"',
        b"\xff",
        b"[" * 100_000,
        b"[" * 101 + b"]" * 101,
        b'{"\\u0000": 1}',
    ],
)
def test_parse_json__unsound__is_refused_plainly(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_json(body)


def test_parse_json__sound__is_the_value() -> None:
    value = {"a": [1, 2.5, None, True, "ä"]}
    assert parse_json(json.dumps(value).encode()) == value


def test_digest__order_of_keys__does_not_matter() -> None:
    assert digest_of({"a": 1, "b": [2]}) == digest_of({"b": [2], "a": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("nan")})
