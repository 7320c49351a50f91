"""The lists of words: narrowed, from A to Z, with how often each is used."""

from dataclasses import dataclass
from typing import Any

from common.lookalikes import plain_form
from taxonomy.choices import DefinitionType, SegmentStatus
from taxonomy.content import spellings_of
from taxonomy.selectors.glossary import Word, glossary
from taxonomy.selectors.word_uses import all_uses, url_of


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed by; empty texts narrow nothing."""

    q: str = ""
    function: str = ""
    state: str = ""
    letter: str = ""


@dataclass(frozen=True)
class WordRow:
    """One line of a list: the word, its page, in how many texts it stands, who follows it."""

    word: Word
    url: str
    use_count: int
    successor: Word | None

    @property
    def letter(self) -> str:
        """Where it stands in the alphabet."""
        first = plain_form(self.word.name)[:1].upper()
        return first if first.isascii() and first.isalpha() else "#"


def shown_words(kind: str, wanted: Wanted) -> dict[str, Any]:
    """The rows to show, grouped by letter, with the letters that there are and how many words there are in all."""
    known, uses = glossary(), all_uses()
    rows = [
        WordRow(word, url_of(kind, word.key), len(uses.get(word.id, ())), known.successors.get(word.id))
        for word in sorted(known.words.values(), key=lambda word: (plain_form(word.name), word.key))
        if word.type == kind and _fits(word, wanted)
    ]
    letters = sorted({row.letter for row in rows})
    shown = [row for row in rows if not wanted.letter or row.letter == wanted.letter]
    groups = [(letter, [row for row in shown if row.letter == letter]) for letter in letters]
    return {
        "groups": [(letter, found) for letter, found in groups if found],
        "rows": shown,
        "letters": letters,
        "letter": wanted.letter,
        "total": sum(word.type == kind and word.is_live for word in known.words.values()),
        "has_guideline": bool(known.live(DefinitionType.GUIDELINE)),
    }


def _fits(word: Word, wanted: Wanted) -> bool:
    if wanted.state and word.status != wanted.state:
        return False
    if not wanted.state and word.status == SegmentStatus.RETIRED:
        return False
    if wanted.function and word.content.get("function") != wanted.function:
        return False
    return not wanted.q or found_in(word, wanted.q)


def found_in(word: Word, text: str) -> bool:
    """Whether a text that somebody looks for stands in the word's spellings, its key or its definition."""
    sought = text.strip().casefold()
    spellings = spellings_of(word.content) if word.type != DefinitionType.GUIDELINE else []
    haystack = [word.key, word.definition, word.name, *(each.text for each in spellings)]
    return any(sought in each.casefold() for each in haystack)
