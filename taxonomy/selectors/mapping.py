"""What the fields of the sources mean in the words of the glossary, and how much of each source is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.lookalikes import plain_form
from customers.selectors import sources_for
from customers.selectors.fields import SourceField, fields_for
from taxonomy import policies
from taxonomy.choices import DefinitionType, SegmentStatus
from taxonomy.models import FieldMapping
from taxonomy.selectors.glossary import Glossary, Word, glossary


@dataclass(frozen=True)
class FieldRow:
    """One field: the word that it means, that it needs none, or what it may mean."""

    field: SourceField
    mapping: FieldMapping | None
    word: Word | None
    suggestion: Word | None

    @property
    def is_said(self) -> bool:
        """Whether somebody has said what it means, or that it needs no word."""
        return self.mapping is not None


@dataclass(frozen=True)
class Coverage:
    """How many fields there are, and of how many somebody has said what they mean."""

    said: int
    total: int

    @property
    def open(self) -> int:
        """Of how many nobody has."""
        return self.total - self.said

    @property
    def percent(self) -> float | None:
        """The share in percent; None where there is nothing to say."""
        return 100 * self.said / self.total if self.total else None


@dataclass(frozen=True)
class SourceMapping:
    """The fields of one source, those first of which nobody has said what they mean."""

    key: str
    name: str
    rows: list[FieldRow]

    @property
    def coverage(self) -> Coverage:
        """How much of the source is said."""
        return Coverage(sum(row.is_said for row in self.rows), len(self.rows))

    @property
    def suggested(self) -> int:
        """How many open fields have a suggestion."""
        return sum(row.suggestion is not None for row in self.rows)


def mappings_for(*, viewer: Any) -> list[SourceMapping]:
    """All sources with their fields, those with the largest gaps first."""
    if not policies.definitions.can(viewer, "view"):
        return []
    known = glossary()
    stored = {(row.source_key, row.field): row for row in FieldMapping.objects.select_related("term", "mapped_by")}
    names = dict(sources_for(viewer=viewer).order_by().values_list("key", "name"))
    found = [
        SourceMapping(
            key, names.get(key, key), sorted((_row(field, stored, known) for field in fields), key=_gaps_first)
        )
        for key, fields in fields_for(viewer=viewer).items()
    ]
    return sorted(found, key=lambda each: (-each.coverage.open, each.key))


def coverage_of(mappings: list[SourceMapping]) -> Coverage:
    """How much of all sources together is said."""
    parts = [each.coverage for each in mappings]
    return Coverage(sum(part.said for part in parts), sum(part.total for part in parts))


def mappable_words() -> list[Word]:
    """The terms that a field may be mapped to: those in use."""
    return [word for word in glossary().live(DefinitionType.TERM) if word.status == SegmentStatus.ACTIVE]


def _row(field: SourceField, stored: Mapping[tuple[str, str], FieldMapping], known: Glossary) -> FieldRow:
    mapping = stored.get((field.source_key, field.name))
    term = mapping.term if mapping else None
    word = known.words.get(f"{term.type}:{term.key}") if term else None
    return FieldRow(field, mapping, word, None if mapping else _suggestion(field, known))


def _suggestion(field: SourceField, known: Glossary) -> Word | None:
    """The term that the field's label or name says most of; none where they say none."""
    best: tuple[int, Word] | None = None
    for text in (field.label, field.name.replace("_", " "), field.name.replace(".", " ")):
        for hit in known.automaton.hits(text):
            word = known.words[hit.entry.word]
            length = hit.end - hit.start + (1_000 if plain_form(text) == plain_form(hit.entry.spelling) else 0)
            fits = word.type == DefinitionType.TERM and word.status == SegmentStatus.ACTIVE
            if fits and hit.entry.role != "avoid" and (best is None or length > best[0]):
                best = (length, word)
    return best[1] if best else None


def _gaps_first(row: FieldRow) -> tuple[bool, bool, str]:
    return row.is_said, row.suggestion is None, row.field.name
