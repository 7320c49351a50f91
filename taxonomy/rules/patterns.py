"""LIKE patterns: taken apart once, matched without backtracking, and put into words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern cut at its %: each piece is a run of characters in which None stands for any one character."""

    pieces: tuple[tuple[str | None, ...], ...]

    @property
    def is_plain(self) -> bool:
        """Whether no piece holds an `_`, so that each can be looked for as a text."""
        return all(None not in piece for piece in self.pieces)

    @property
    def texts(self) -> tuple[str, ...]:
        """The pieces as texts; only for a plain pattern."""
        return tuple("".join(character or "" for character in piece) for piece in self.pieces)

    def expression(self) -> str:
        """A regular expression to search for, without look-around, as engines that are linear in the text take it."""
        first, last = _piece_expression(self.pieces[0]), _piece_expression(self.pieces[-1])
        if len(self.pieces) == 1:
            return f"(?s)\\A{first}\\z"
        middle = [_piece_expression(piece) for piece in self.pieces[1:-1]]
        return "(?s)" + ".*".join([*([f"\\A{first}"] if first else []), *middle, *([f"{last}\\z"] if last else [])])


def has_dangling_escape(pattern: str) -> bool:
    """Whether the pattern ends in a backslash that has nothing to escape."""
    trailing = len(pattern) - len(pattern.rstrip("\\"))
    return trailing % 2 == 1


@lru_cache(maxsize=4096)
def read_pattern(pattern: str) -> Pattern:
    """Take a pattern apart. It must not end in a dangling escape."""
    pieces: list[tuple[str | None, ...]] = []
    piece: list[str | None] = []
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            pieces.append(tuple(piece))
            piece = []
        elif character == "_":
            piece.append(None)
        else:
            piece.append(next(characters) if character == "\\" else character)
    pieces.append(tuple(piece))
    if len(pieces) == 1:
        return Pattern(tuple(pieces))
    return Pattern((pieces[0], *_merged(pieces[1:])))


def _merged(pieces: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    """The pieces after the first %, each that is `_` alone put before the next: `%_%a` asks no more than `%_a`."""
    found: list[tuple[str | None, ...]] = []
    waiting: tuple[str | None, ...] = ()
    for piece in pieces[:-1]:
        if any(piece):
            found.append(waiting + piece)
            waiting = ()
        else:
            waiting += piece
    return [*found, waiting + pieces[-1]]


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that answers whether a whole text matches.

    The leftmost match of each piece between two % is always as good as any later one, so nothing is ever tried
    twice: the time is bounded by the length of the text times that of the longest piece.
    """
    pieces = [re.compile(_piece_expression(piece), re.DOTALL) for piece in read_pattern(pattern).pieces]
    if len(pieces) == 1:
        only = pieces[0]
        return lambda text: only.fullmatch(text) is not None
    first, *middle, last = pieces
    last_length = len(read_pattern(pattern).pieces[-1])

    def matches(text: str) -> bool:
        found = first.match(text)
        if found is None:
            return False
        position, limit = found.end(), len(text) - last_length
        for piece in middle:
            found = piece.search(text, position)
            if found is None or found.end() > limit:
                return False
            position = found.end()
        return position <= limit and last.match(text, limit) is not None

    return matches


def _piece_expression(piece: tuple[str | None, ...]) -> str:
    return "".join("." if character is None else re.escape(character) for character in piece)
