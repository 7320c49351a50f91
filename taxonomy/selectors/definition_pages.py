"""What the page of one governed word shows."""

from dataclasses import dataclass
from typing import Any

from accounts.selectors import people
from common.looks.differences import FieldDifference
from common.uses import TextInForce
from customers.selectors import sources_for
from taxonomy.choices import DefinitionType
from taxonomy.content import LABELS, NEEDS_REASON
from taxonomy.models import Definition, DefinitionVersion, FieldMapping
from taxonomy.selectors.definitions import definition_for, definition_versions
from taxonomy.selectors.equivalences import Joined, equivalences_of
from taxonomy.selectors.glossary import Word, glossary
from taxonomy.selectors.word_uses import all_uses, url_of


@dataclass(frozen=True)
class WordUse:
    """A text that uses the word, with the spellings that stand in it that are not the approved name."""

    text: TextInForce
    others: list[str]


@dataclass(frozen=True)
class DefinitionPage:
    """A governed word with all that stands around it."""

    definition: Definition
    version: DefinitionVersion
    version_count: int
    owner: Any
    related: list[tuple[Word, str]]
    uses: list[WordUse]
    fields: list[FieldMapping]
    equivalences: list[Joined]
    sources: list[Any]


def page_of(*, viewer: Any, kind: str, key: str) -> DefinitionPage:
    """The word with its newest version; raises `DefinitionUnknown`."""
    definition = definition_for(viewer=viewer, kind=kind, key=key)
    rows = list(definition_versions(definition)[:1])
    newest = rows[0]
    content = newest.content
    owner = people().filter(username__iexact=content.get("owner") or "").first() if content.get("owner") else None
    keys = content.get("sources") or []
    return DefinitionPage(
        definition=definition,
        version=newest,
        version_count=newest.number,
        owner=owner,
        related=_related(content.get("related") or []),
        uses=_uses(kind, key),
        fields=list(FieldMapping.objects.filter(term=definition).order_by("source_key", "field")),
        equivalences=equivalences_of(viewer=viewer, definition_id=definition.pk),
        sources=list(sources_for(viewer=viewer).filter(key__in=keys)) if keys else [],
    )


def wording_between(kind: str, old: DefinitionVersion, new: DefinitionVersion) -> list[FieldDifference]:
    """Field by field what two versions say."""
    return [
        FieldDifference(field, label, in_words(field, old.content.get(field)), in_words(field, new.content.get(field)))
        for field, label in LABELS[kind].items()
    ]


def in_words(field: str, value: Any) -> str:
    """The value of a field as people read it, one entry per line."""
    if field == "questions":
        return "\n".join(
            f"{row['key']}: {row['text']} (a reason is needed {NEEDS_REASON[row['needs_reason_when']]})"
            for row in value or []
        )
    if field == "synonyms":
        return "\n".join(f"{row['word']} ({row['team']})" if row["team"] else row["word"] for row in value or [])
    return "\n".join(value) if isinstance(value, list) else str(value or "")


def _related(keys: list[str]) -> list[tuple[Word, str]]:
    words = glossary().words
    both = (DefinitionType.TERM, DefinitionType.METRIC)
    found = [words[f"{kind}:{key}"] for key in keys for kind in both if f"{kind}:{key}" in words]
    return [(word, url_of(word.type, word.key)) for word in found]


def _uses(kind: str, key: str) -> list[WordUse]:
    rows = all_uses().get(f"{kind}:{key}", [])
    return [
        WordUse(text, sorted({said for said, role in spellings.items() if role in ("synonym", "avoid")}))
        for text, spellings in rows
    ]
