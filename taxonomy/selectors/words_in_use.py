"""The report of words in use: which words stand where, what is said instead of them, what nobody has defined."""

from collections import defaultdict
from dataclasses import dataclass

from common.uses import TextInForce
from taxonomy.choices import DefinitionType, SegmentStatus
from taxonomy.selectors.glossary import Word, glossary
from taxonomy.selectors.word_faults import faults_of_words
from taxonomy.selectors.word_uses import all_uses, texts_in_force, url_of


@dataclass(frozen=True)
class WordLine:
    """A word with the number of texts that use it, and those in which something else is said for it."""

    word: Word
    url: str
    count: int
    others: list[tuple[str, str, list[TextInForce]]]


@dataclass(frozen=True)
class UnknownLine:
    """An abbreviation that nobody has defined, and the texts in which it stands."""

    said: str
    texts: list[TextInForce]


@dataclass(frozen=True)
class WordsInUse:
    """The report: every word with its uses, unused words, unknown abbreviations, and how many texts were read."""

    lines: list[WordLine]
    unused: list[WordLine]
    unknown: list[UnknownLine]
    text_count: int

    @property
    def instead(self) -> list[WordLine]:
        """The words for which something else is said somewhere."""
        return [line for line in self.lines if line.others]


def words_in_use() -> WordsInUse:
    """The report on all texts that are in force."""
    known, uses = glossary(), all_uses()
    lines = []
    for word in known.live(DefinitionType.TERM, DefinitionType.METRIC):
        rows = uses.get(word.id, [])
        lines.append(WordLine(word, url_of(word.type, word.key), len(rows), _others(word, rows)))
    texts = list(texts_in_force())
    unknown: dict[str, list[TextInForce]] = defaultdict(list)
    for text in texts:
        for said in faults_of_words(text.text, about=text.about, known=known).unknown:
            unknown[said].append(text)
    used = sorted((line for line in lines if line.count), key=lambda line: (-line.count, line.word.name))
    return WordsInUse(
        lines=used,
        unused=[line for line in lines if not line.count],
        unknown=[UnknownLine(said, found) for said, found in sorted(unknown.items(), key=lambda item: -len(item[1]))],
        text_count=len(texts),
    )


def _others(word: Word, rows: list[tuple[TextInForce, dict[str, str]]]) -> list[tuple[str, str, list[TextInForce]]]:
    """What is said instead of the approved name: (as said, as what, where)."""
    found: dict[tuple[str, str], list[TextInForce]] = defaultdict(list)
    for text, spellings in rows:
        for said, role in spellings.items():
            if role in ("synonym", "avoid") or word.status != SegmentStatus.ACTIVE:
                shown = role if word.status == SegmentStatus.ACTIVE else str(word.status)
                found[(said.casefold(), shown)].append(text)
    return [(said, role, texts) for (said, role), texts in sorted(found.items())]
