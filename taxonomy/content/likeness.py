"""Tells how alike two governed words are: in how they are written, and in what they are said to mean."""

from difflib import SequenceMatcher
from typing import Final

from common.lookalikes import looks_of, plain_form
from taxonomy.content.matching import plain_words

NEAR_SPELLING: Final = 0.87
NEAR_MEANING: Final = 0.6
_SHORTEST: Final = 5
# Words that say nothing about what is meant.
_SMALL: Final = frozenset({
    "a", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "did", "do", "for", "from", "had", "has",
    "have", "he", "her", "his", "if", "in", "into", "is", "it", "its", "more", "most", "no", "not", "of", "on",
    "one", "or", "other", "our", "she", "so", "some", "such", "than", "that", "the", "their", "them", "then",
    "there", "they", "this", "those", "to", "us", "was", "we", "were", "what", "when", "where", "which", "while", "who",
    "whose", "will", "with", "you", "your",
})  # fmt: skip


def same_spelling(first: str, second: str) -> bool:
    """Whether a reader could not tell the two apart."""
    return plain_form(first) == plain_form(second)


def near_spelling(first: str, second: str) -> bool:
    """Whether one spelling is easily taken for the other: they differ by a letter, a plural or the order of words."""
    one, two = plain_form(first), plain_form(second)
    if sorted(plain_words(first)) == sorted(plain_words(second)) or looks_of(first) & looks_of(second):
        return True
    if min(len(one), len(two)) < _SHORTEST:
        return False
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    return matcher.real_quick_ratio() >= NEAR_SPELLING and matcher.ratio() >= NEAR_SPELLING


def meaning_words(text: str) -> frozenset[str]:
    """The words that carry what a definition says."""
    return frozenset(word for word in plain_words(text) if word not in _SMALL and len(word) > 1)


def overlap(first: frozenset[str], second: frozenset[str]) -> float:
    """The share of words that two definitions have in common, 0 to 1; nothing has nothing in common."""
    return len(first & second) / len(first | second) if first and second else 0.0
