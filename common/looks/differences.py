"""The difference of two texts, word by word, as pieces that can be read, printed and heard."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_PIECES = re.compile(r"\s+|\w+(?:[.,]\d+)*|[^\w\s]")
_LONG = 40_000


@dataclass(frozen=True)
class Piece:
    """A run of text that both sides share, or that was removed or added."""

    kind: Literal["same", "removed", "added"]
    text: str


def _split(text: str) -> list[str]:
    # Beyond this size a comparison by words takes seconds; by lines it stays quick and still says where the change is.
    return text.splitlines(keepends=True) if len(text) > _LONG else _PIECES.findall(text)


def pieces(old: str, new: str) -> Iterator[Piece]:
    """What stays, goes and comes between `old` and `new`, in reading order."""
    before, after = _split(old), _split(new)
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(before[i1:i2]))
            continue
        if i2 > i1:
            yield Piece("removed", "".join(before[i1:i2]))
        if j2 > j1:
            yield Piece("added", "".join(after[j1:j2]))


@dataclass(frozen=True)
class FieldDifference:
    """One field of two versions of a thing as readers see it; `is_changed` when the two readings differ."""

    field: str
    label: str
    old: str
    new: str

    @property
    def is_changed(self) -> bool:
        """Whether the two readings differ."""
        return self.old != self.new

    @property
    def before(self) -> list[Piece]:
        """The old reading in pieces: what stayed and what was removed."""
        return [piece for piece in pieces(self.old, self.new) if piece.kind != "added"]

    @property
    def after(self) -> list[Piece]:
        """The new reading in pieces: what stayed and what was added."""
        return [piece for piece in pieces(self.old, self.new) if piece.kind != "removed"]
