"""JSON in: one policy for web, worker and database."""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 100
MAX_BYTES = 12 * 1024 * 1024


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ValueError(f"the key {key!r} stands twice in one object")
        seen[key] = value
    return seen


def _check(value: Any) -> None:
    """Refuse what PostgreSQL's jsonb refuses, and nesting beyond MAX_DEPTH, without recursion."""
    stack = [(value, 1)]
    while stack:
        item, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(item, str):
            if "\x00" in item:
                raise ValueError("text holds the NUL character")
            item.encode("utf-8")
        elif isinstance(item, float) and (item != item or item in (float("inf"), float("-inf"))):
            raise ValueError("a number is out of range")
        elif isinstance(item, dict):
            stack.extend((key, depth + 1) for key in item)
            stack.extend((entry, depth + 1) for entry in item.values())
        elif isinstance(item, list):
            stack.extend((entry, depth + 1) for entry in item)


def parse_json(raw: bytes) -> Any:
    """The JSON value of a body. Raises `ValueError` with a plain reason for anything that is not sound JSON."""
    if len(raw) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 1024 // 1024} MiB")
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
        value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
        _check(value)
    except RecursionError as error:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels") from error
    except UnicodeError as error:
        raise ValueError("not UTF-8 text, or it holds half a surrogate pair") from error
    return value


class StrictJSON(BaseParser):
    """Parses application/json; refuses NaN, duplicate keys, NUL, lone surrogates and deep nesting with a 400."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return parse_json(stream.read())
        except ValueError as error:
            raise ParseError(f"The body is not acceptable JSON: {error}.") from error
