"""The glossary as it stands, compiled once and kept in this process until a word changes."""

import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import F, Max, Q, Sum

from common import correlation
from taxonomy.choices import DefinitionType, SegmentStatus
from taxonomy.content import spellings_of, summary_of
from taxonomy.content.matching import Automaton, Entry
from taxonomy.models import Definition, DefinitionVersion

_ROLES = {"name": 0, "abbreviation": 1, "synonym": 2, "avoid": 3}
_STANDING = {SegmentStatus.ACTIVE: 0, SegmentStatus.DEPRECATED: 1, SegmentStatus.RETIRED: 2}


@dataclass(frozen=True)
class Word:
    """A governed word as it stands: its newest content, the number of that version, and who follows it, if any."""

    type: str
    key: str
    status: str
    version: int
    content: Mapping[str, Any]
    successor: str | None = None

    @property
    def id(self) -> str:
        """Type and key as one."""
        return f"{self.type}:{self.key}"

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.content["name"])

    @property
    def definition(self) -> str:
        """What it means, in full."""
        return str(self.content.get("definition") or self.content.get("text") or "")

    @property
    def summary(self) -> str:
        """What it means, short enough to stand beside it."""
        return summary_of(self.content)

    @property
    def is_live(self) -> bool:
        """Whether it still counts: in use, or deprecated and not yet gone."""
        return self.status != SegmentStatus.RETIRED


@dataclass(frozen=True)
class TermHit:
    """What a spelling stands for; `role` is name, synonym, abbreviation or avoid."""

    key: str
    name: str
    definition: str
    type: str = DefinitionType.TERM
    role: str = "name"
    status: str = SegmentStatus.ACTIVE


@dataclass(frozen=True)
class Glossary:
    """All governed words by type and key, as of one version of the whole."""

    version: str
    words: Mapping[str, Word]

    @cached_property
    def automaton(self) -> Automaton:
        """The words of the language (not guidelines), compiled: those in use before others, names before the rest."""
        found = [
            (_STANDING[SegmentStatus(word.status)], _ROLES[each.role], Entry(each.text, word.id, each.role))
            for word in self.words.values()
            if word.type != DefinitionType.GUIDELINE
            for each in spellings_of(word.content)
        ]
        return Automaton(entry for _, _, entry in sorted(found, key=lambda item: item[:2]))

    @cached_property
    def successors(self) -> Mapping[str, Word]:
        """Word id -> the word that follows it, for those that are deprecated or retired with a successor in use."""
        named = {word.id: f"{word.type}:{word.successor}" for word in self.words.values() if word.successor}
        return {word: self.words[heir] for word, heir in named.items() if heir in self.words}

    def live(self, *types: str) -> list[Word]:
        """The words that still count, of these types (all of them without any), by name."""
        found = [word for word in self.words.values() if word.is_live and (not types or word.type in types)]
        return sorted(found, key=lambda word: (word.name.casefold(), word.key))


_kept: dict[str, Glossary] = {}
_seen: ContextVar[tuple[uuid.UUID, Glossary] | None] = ContextVar("glossary", default=None)


def glossary() -> Glossary:
    """The glossary as it stands now: one small question to the database while no word has changed."""
    version = _version()
    known = _kept.get(version)
    if known is None:
        known = Glossary(version, _read())
        _kept.clear()
        _kept[version] = known
    return known


def glossary_of_page() -> Glossary:
    """The glossary as it stood when the page that is being made first asked for it: one question per page."""
    page, seen = correlation.current_or_none(), _seen.get()
    if page is not None and seen is not None and seen[0] == page:
        return seen[1]
    found = glossary()
    if page is not None:
        _seen.set((page, found))
    return found


def glossary_index() -> dict[str, TermHit]:
    """Spelling -> what it stands for, of all words that still count; where two share one, a name wins."""
    found: dict[str, TermHit] = {}
    rows = [(_ROLES[each.role], each, word) for word in glossary().live() for each in spellings_of(word.content)]
    for _, each, word in sorted(rows, key=lambda row: row[0]):
        if word.type != DefinitionType.GUIDELINE:
            hit = TermHit(word.key, word.name, word.summary, word.type, each.role, word.status)
            found.setdefault(each.text, hit)
    return found


def _version() -> str:
    """Something that differs whenever a word does: a new version, a deprecation, a retirement, another successor."""
    gone = ~Q(status=SegmentStatus.ACTIVE)
    state = Definition.objects.aggregate(
        newest=Max("versions__pk"),
        retired=Max("retired_at"),
        deprecated=Sum("pk", filter=Q(status=SegmentStatus.DEPRECATED)),
        heirs=Sum(F("pk") * F("successor_id"), filter=gone),
    )
    return "/".join(str(state[name]) for name in ("newest", "retired", "deprecated", "heirs"))


def _read() -> dict[str, Word]:
    rows = (
        DefinitionVersion.objects.select_related("definition__successor")
        .order_by("definition_id", "-number")
        .distinct("definition_id")
    )
    words = (
        Word(
            type=row.definition.type,
            key=row.definition.key,
            status=row.definition.status,
            version=row.number,
            content=row.content,
            successor=row.definition.successor.key if row.definition.successor else None,
        )
        for row in rows
    )
    return {word.id: word for word in words}
