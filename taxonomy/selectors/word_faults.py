"""What is wrong with the words of a text: abbreviations that nobody defined, words to avoid, words put away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from taxonomy.choices import SegmentStatus
from taxonomy.content import spellings_of
from taxonomy.content.jargon import unknown_abbreviations
from taxonomy.content.matching import is_abbreviation
from taxonomy.selectors.glossary import Glossary, Word, glossary


@dataclass(frozen=True)
class BetterWord:
    """A spelling that should not stand there, why, and the word to say instead, if any."""

    said: str
    reason: str
    word: Word | None


@dataclass(frozen=True)
class WordFaults:
    """The unknown abbreviations of a text and the words that have a better one, each once."""

    unknown: list[str]
    better: list[BetterWord]


def faults_of_words(
    text: str, *, own: Iterable[str] = (), about: str = "", known: Glossary | None = None
) -> WordFaults:
    """What a reader of the text would stumble over; `own` are spellings that the text itself defines, `about` the id
    of the word that it defines."""
    known = known or glossary()
    defined = set(own) | abbreviations_in(known)
    better: dict[str, BetterWord] = {}
    for hit in known.automaton.hits(text):
        word = known.words[hit.entry.word]
        said = " ".join(text[hit.start : hit.end].split())
        fault = _fault(known, word, hit.entry.role, said) if word.id != about else None
        if fault is not None:
            better.setdefault(said.casefold(), fault)
    return WordFaults(unknown_abbreviations(text, defined.__contains__), list(better.values()))


def abbreviations_in(known: Glossary) -> set[str]:
    """Every spelling of the glossary that is, or holds, a word in capitals: whoever looks it up finds it."""
    return {
        part
        for word in known.words.values()
        if "definition" in word.content
        for each in spellings_of(word.content)
        for part in (each.text, *each.text.replace("-", " ").split())
        if is_abbreviation(part.replace("&", ""))
    }


def prose_of(subject_type: str, content: Mapping[str, Any]) -> str:
    """The texts of a content that people read, one after the other; keys, rules and settings stay out."""
    return "\n\n".join(_leaves({name: content.get(name) for name in _PROSE.get(subject_type, ())}))


_PROSE: dict[str, tuple[str, ...]] = {
    "segment": ("name", "meaning"),
    "attribute": ("label", "description"),
    "objective": ("name", "metric", "basis"),
    "journey": ("name", "description", "stages"),
    "term": ("definition", "examples"),
    "metric": ("definition", "formula", "window", "grain"),
    "guideline": ("text", "questions"),
    "playbook": (
        "why", "values", "value_proposition", "messages", "channels", "pricing", "objections", "decision_makers",
        "triggers", "next_steps", "dos", "donts",
    ),
    "brief": ("rationale", "data_sources", "rule_explained", "how_to_use", "dos", "donts", "walkthrough"),
}  # fmt: skip
_SETTINGS = frozenset({"key", "kind", "customer", "channel", "needs_reason_when", "right"})


def _leaves(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Mapping):
        return [text for name, part in value.items() if name not in _SETTINGS for text in _leaves(part)]
    return [text for part in value for text in _leaves(part)] if isinstance(value, list) else []


def _fault(known: Glossary, word: Word, role: str, said: str) -> BetterWord | None:
    if word.status != SegmentStatus.ACTIVE:
        return BetterWord(said, f"“{said}” is {word.status}", known.successors.get(word.id))
    return BetterWord(said, f"“{said}” is to be avoided", word) if role == "avoid" else None
