"""Reads the small forms of a walkthrough."""

from collections.abc import Mapping


def whole_number(text: str | None) -> int | None:
    """The number, None for anything that is not a short row of digits."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def given_answer(posted: Mapping[str, str]) -> int | str | None:
    """A choice's number, "in" or "out", None for a step to read; anything odd is passed on to be refused."""
    if posted.get("kind") == "read":
        return None
    answer = posted.get("answer", "")
    number = whole_number(answer)
    return answer if number is None else number
