"""Finds governed words in running text: one automaton over words, so that a text is read once whatever its length."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
# What may stand between the words of one spelling: spaces, one line break, hyphens, an apostrophe, an ampersand.
_BETWEEN: Final = re.compile(r"[ \t\u00a0]*\n?[ \t\u00a0]*|[ ]?[-\u2010\u2011\u2013'’&][ ]?")
_LONGEST_GAP: Final = 3
_ABBREVIATION: Final = 8


@dataclass(frozen=True)
class Entry:
    """A spelling of a governed word: which word it stands for, and as what (name, synonym, abbreviation, avoid)."""

    spelling: str
    word: str
    role: str


@dataclass(frozen=True)
class Hit:
    """Where a spelling stands in a text."""

    start: int
    end: int
    entry: Entry


@dataclass
class _Node:
    follows: dict[str, "_Node"] = field(default_factory=dict)
    entry: Entry | None = None


class Automaton:
    """All spellings of a glossary, compiled once. Where two are the same, the one that came first counts.

    A text is read in one pass: for each of its words at most as many steps as the longest spelling has words.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._root = _Node()
        for entry in entries:
            node, words = self._root, _words_of_spelling(entry.spelling)
            for word in words:
                node = node.follows.setdefault(word, _Node())
            if words and node.entry is None:
                node.entry = entry

    def hits(self, text: str) -> Iterator[Hit]:
        """The longest spellings from left to right, none within another."""
        words = list(_WORD.finditer(text))
        place = 0
        while place < len(words):
            found = self._longest_at(text, words, place)
            if found is None:
                place += 1
                continue
            entry, last = found
            yield Hit(words[place].start(), words[last].end(), entry)
            place = last + 1

    def _longest_at(self, text: str, words: list[re.Match[str]], place: int) -> tuple[Entry, int] | None:
        node, best, at = self._root, None, place
        while at < len(words):
            if at > place and not _joins(text, words[at - 1].end(), words[at].start()):
                break
            following = _step(node, words[at].group())
            if following is None:
                break
            node = following
            if node.entry is not None:
                best = (node.entry, at)
            at += 1
        return best


def is_abbreviation(word: str) -> bool:
    """Whether a word is written in capitals because its letters stand for words."""
    return 2 <= len(word) <= _ABBREVIATION and word.isupper() and word.isascii() and word.isalnum()


def plain_words(text: str) -> list[str]:
    """The words of a text in the form in which they are compared: without case and width, in the singular."""
    return [_singular(_plain(word)) for word in _WORD.findall(text)]


def _words_of_spelling(spelling: str) -> list[str]:
    return [word if is_abbreviation(word) else _plain(word) for word in _WORD.findall(spelling)]


def _joins(text: str, end: int, start: int) -> bool:
    return start - end <= _LONGEST_GAP and _BETWEEN.fullmatch(text, end, start) is not None


def _step(node: _Node, word: str) -> _Node | None:
    """The node after a word: as written, without case, then as the plural of something."""
    if not node.follows:
        return None
    plain = _plain(word)
    for form in (word, plain, *_singulars(word), *_singulars(plain)):
        if form in node.follows:
            return node.follows[form]
    return None


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _singulars(word: str) -> list[str]:
    """What the word may be a plural of, the likeliest first."""
    if len(word) < 3 or word[-1] != "s" or word[-2] == "s":
        return []
    if word.endswith("ies") and len(word) > 4:
        return [word[:-3] + "y", word[:-1]]
    return [word[:-1], word[:-2]] if word.endswith("es") and len(word) > 4 else [word[:-1]]


def _singular(word: str) -> str:
    found = _singulars(word)
    return found[0] if found else word
