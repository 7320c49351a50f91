"""Words that compete: written nearly alike, said to mean nearly the same, or said differently from one function to
another."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from common.lookalikes import looks_of, plain_form
from taxonomy.choices import DefinitionType, SegmentStatus
from taxonomy.content import spellings_of
from taxonomy.content.likeness import NEAR_MEANING, meaning_words, near_spelling, overlap
from taxonomy.content.matching import plain_words
from taxonomy.models import Equivalence
from taxonomy.selectors.glossary import Glossary, Word, glossary


@dataclass(frozen=True)
class Conflict:
    """Two words that compete: why, how much of their definitions they share (0 to 1), and what would settle it."""

    left: Word
    right: Word
    reason: str
    shared: float
    proposal: str

    @property
    def is_merge(self) -> bool:
        """Whether one of them should go in favour of the other."""
        return self.proposal == "merge"

    @property
    def percent_shared(self) -> int:
        """The share in whole percent."""
        return round(100 * self.shared)


_known: dict[str, list[Conflict]] = {}


def conflicts() -> list[Conflict]:
    """Every pair of words in use that compete and are not joined, the plainest first.

    Two functions that say nearly the same are to join their words; one function is to merge them. The same head word
    of two functions ("warm lead" of marketing, "sales lead" of sales) is to be joined by a hand-off, or renamed.
    """
    known = glossary()
    if known.version not in _known:
        _known.clear()
        _known[known.version] = _competing(known)
    joined = _joined()
    return [each for each in _known[known.version] if frozenset((each.left.id, each.right.id)) not in joined]


def _competing(known: Glossary) -> list[Conflict]:
    words = [word for word in known.live(DefinitionType.TERM, DefinitionType.METRIC) if _counts(word)]
    meanings = [meaning_words(word.definition) for word in words]
    found: dict[tuple[int, int], Conflict] = {}
    for one, other in _pairs(_spelled(words)):
        near = _near(words[one], words[other])
        if near is not None:
            reason = f"“{near[0]}” and “{near[1]}” are easily taken for each other"
            found[one, other] = _conflict(words[one], words[other], reason, meanings[one], meanings[other])
    for one, other in combinations(range(len(words)), 2):
        if overlap(meanings[one], meanings[other]) >= NEAR_MEANING:
            reason = "Two words for what is said to be nearly the same"
            found[one, other] = _conflict(words[one], words[other], reason, meanings[one], meanings[other])
    for head, places in _heads(words).items():
        for one, other in combinations(places, 2):
            if (one, other) not in found and words[one].content["function"] != words[other].content["function"]:
                reason = f"Two functions say what a “{head}” is, each in its own way"
                found[one, other] = _conflict(words[one], words[other], reason, meanings[one], meanings[other])
    return sorted(found.values(), key=lambda each: (-each.shared, each.left.name, each.right.name))


def _conflict(left: Word, right: Word, reason: str, one: frozenset[str], other: frozenset[str]) -> Conflict:
    across = left.content.get("function") != right.content.get("function")
    return Conflict(left, right, reason, overlap(one, other), "join" if across else "merge")


def _spelled(words: list[Word]) -> Mapping[str, list[int]]:
    """Places of words by how their spellings begin, end and what they are made of: near ones share one of these."""
    found: dict[str, set[int]] = defaultdict(set)
    for place, word in enumerate(words):
        for each in spellings_of(word.content):
            if each.role != "avoid":
                plain = plain_form(each.text)
                parts = " ".join(sorted(plain_words(each.text)))
                for key in (f"^{plain[:4]}", f"{plain[-4:]}$", f"={parts}", *looks_of(each.text)):
                    found[key].add(place)
    return {key: sorted(places) for key, places in found.items()}


def _heads(words: list[Word]) -> Mapping[str, list[int]]:
    """Places of words by the last word of their names: what kind of thing they claim to say."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        parts = plain_words(word.name)
        if parts and word.content.get("function"):
            found[parts[-1]].append(place)
    return found


def _pairs(buckets: Mapping[str, list[int]]) -> set[tuple[int, int]]:
    return {pair for places in buckets.values() for pair in combinations(places, 2)}


def _near(left: Word, right: Word) -> tuple[str, str] | None:
    ours = [each.text for each in spellings_of(left.content) if each.role != "avoid"]
    theirs = [each.text for each in spellings_of(right.content) if each.role != "avoid"]
    return next(((one, other) for one in ours for other in theirs if near_spelling(one, other)), None)


def _counts(word: Word) -> bool:
    return word.status == SegmentStatus.ACTIVE


def _joined() -> set[frozenset[str]]:
    rows = Equivalence.objects.filter(ended_at__isnull=True).select_related("left", "right")
    return {frozenset((f"{row.left.type}:{row.left.key}", f"{row.right.type}:{row.right.key}")) for row in rows}
