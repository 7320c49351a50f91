"""Reads JSON of strangers: what the database or another program could not take is found before it is stored."""

import codecs
import json
from typing import Any, Final

MAX_DEPTH: Final = 100
_EXAMPLE: Final = 2_000
_MAX_DIGITS: Final = 1_000


class Unsound(ValueError):
    """A JSON value that cannot be kept. `code` is stable, `detail` is for the person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Doubled(dict[str, Any]):
    """An object in which a key stands twice: which of the two was meant, nobody can tell."""


def read_json(body: bytes) -> Any:
    """The value of a body. Raises `Unsound` where it is no JSON in UTF-8 at all; what is unsound within is left for
    `refuse_unsound`, so that one event cannot spoil the others of its batch.
    """
    if body.startswith(codecs.BOM_UTF8):
        body = body[3:]
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_int=_whole)
    except RecursionError:
        raise Unsound("too_deep", f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    except UnicodeDecodeError:
        raise Unsound("not_json", "The body is not UTF-8 text. Is it gzip without Content-Encoding: gzip?") from None
    except ValueError as error:
        raise Unsound("not_json", f"The body is not JSON: {str(error)[:200]}.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else Doubled(made)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_DIGITS else float("inf")


def refuse_unsound(value: Any) -> None:
    """Afterwards the value is known to fit PostgreSQL's jsonb and any JSON reader. Raises `Unsound`: NUL, half a
    surrogate pair, NaN and infinity, keys that stand twice, nesting beyond `MAX_DEPTH`. Needs no recursion.
    """
    stack = [(value, 1)]
    while stack:
        item, depth = stack.pop()
        if isinstance(item, str):
            _refuse_text(item)
        elif isinstance(item, float):
            if item != item or item in (float("inf"), float("-inf")):
                raise Unsound("not_finite", "A number is not finite or too large.")
        elif isinstance(item, dict | list):
            if depth > MAX_DEPTH:
                raise Unsound("too_deep", f"The event is nested deeper than {MAX_DEPTH} levels.")
            if isinstance(item, Doubled):
                raise Unsound("key_twice", "A key stands twice in one object; which of the two is meant?")
            if isinstance(item, dict):
                for key in item:
                    _refuse_text(key)
                stack.extend((entry, depth + 1) for entry in item.values())
            else:
                stack.extend((entry, depth + 1) for entry in item)


def _refuse_text(text: str) -> None:
    if "\x00" in text:
        raise Unsound("nul", "A text holds the NUL character, which cannot be stored.")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise Unsound("half_pair", "A text holds half of a surrogate pair, which is no character.") from None


def safe_example(value: Any) -> str:
    """The value as a short text that can be stored and shown, whatever it holds."""
    try:
        # ASCII escapes NUL and half pairs; a NaN becomes the word.
        return json.dumps(value, default=str)[:_EXAMPLE]
    except (RecursionError, ValueError):
        return "(nested too deep to be shown)"
