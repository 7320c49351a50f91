"""Reading governed words: terms, metrics, the guideline, and their versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from taxonomy import policies
from taxonomy.choices import DefinitionType, SegmentStatus, VersionState
from taxonomy.errors import DefinitionUnknown, VersionUnknown
from taxonomy.models import Definition, DefinitionVersion
from taxonomy.selectors.glossary import Word, glossary


@dataclass(frozen=True)
class Guideline:
    """The ethics guideline in force: its key, version and text, and the questions that proposals answer.

    Each question has `key`, `text` and `needs_reason_when`: yes, no, always or never.
    """

    key: str
    version: int
    name: str
    text: str
    questions: tuple[Mapping[str, str], ...]


def live_definition(kind: str, key: str) -> Word | None:
    """The word that this key stands for, while it counts."""
    row = (
        DefinitionVersion.objects.filter(definition__type=kind, definition__key=key, state=VersionState.ACTIVE)
        .exclude(definition__status=SegmentStatus.RETIRED)
        .select_related("definition__successor")
        .first()
    )
    if row is None:
        return None
    successor = row.definition.successor.key if row.definition.successor else None
    return Word(kind, key, row.definition.status, row.number, row.content, successor)


def term(key: str) -> Word | None:
    """The term with this key while it counts, None otherwise."""
    return glossary().words.get(f"{DefinitionType.TERM}:{key}") if _counts(DefinitionType.TERM, key) else None


def metric(key: str) -> Word | None:
    """The metric with this key while it counts, None otherwise."""
    return glossary().words.get(f"{DefinitionType.METRIC}:{key}") if _counts(DefinitionType.METRIC, key) else None


def guideline() -> Guideline | None:
    """The guideline in force; where there are several, the one that came first. None where there is none."""
    row = (
        DefinitionVersion.objects.filter(definition__type=DefinitionType.GUIDELINE, state=VersionState.ACTIVE)
        .exclude(definition__status=SegmentStatus.RETIRED)
        .select_related("definition")
        .order_by("definition__created_at", "definition_id")
        .first()
    )
    if row is None:
        return None
    questions = tuple(row.content.get("questions") or ())
    return Guideline(row.definition.key, row.number, row.name, str(row.content["text"]), questions)


def terms_for(*, viewer: Any) -> list[Word]:
    """The terms that count, by name, for whoever may read them."""
    return words_for(viewer=viewer, kind=DefinitionType.TERM)


def words_for(*, viewer: Any, kind: str) -> list[Word]:
    """The words of one type that count, by name, for whoever may read them."""
    return glossary().live(kind) if policies.definitions.can(viewer, "view") else []


def definition_for(*, viewer: Any, kind: str, key: str) -> Definition:
    """The word with this key, retired ones too; raises `DefinitionUnknown`."""
    found = policies.definitions.visible(viewer).select_related("successor").filter(type=kind, key=key).first()
    if found is None:
        label = DefinitionType(kind).label.lower()
        raise DefinitionUnknown(f"There is no {label} with the key {key}.")
    return found


def definition_versions(definition: Definition) -> QuerySet[DefinitionVersion]:
    """All versions of the word, newest first."""
    return definition.versions.select_related("created_by", "definition").order_by("-number")


def definition_content(kind: str, key: str, number: int) -> dict[str, Any]:
    """What the word said in that version; raises `VersionUnknown`."""
    row = DefinitionVersion.objects.filter(definition__type=kind, definition__key=key, number=number).first()
    if row is None:
        raise VersionUnknown(f"{key} has no version {number}.")
    return dict(row.content)


def _counts(kind: str, key: str) -> bool:
    word = glossary().words.get(f"{kind}:{key}")
    return word is not None and word.is_live


def newest_definitions_for(
    *, viewer: Any, kind: str, q: str = "", function: str = "", status: str = ""
) -> QuerySet[DefinitionVersion]:
    """The newest version of each word of the type, with the word's `key` as a column to order by, narrowed."""
    later = DefinitionVersion.objects.filter(definition=OuterRef("definition"), number__gt=OuterRef("number"))
    rows = (
        DefinitionVersion.objects.filter(~Exists(later), definition__in=policies.definitions.visible(viewer))
        .filter(definition__type=kind)
        .select_related("definition__successor")
        .annotate(key=F("definition__key"))
    )
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(key__icontains=q) | Q(content__definition__icontains=q))
    if function:
        rows = rows.filter(content__function=function)
    return rows.filter(definition__status=status) if status else rows


def newest_definition(definition: Definition) -> DefinitionVersion:
    """The newest version of the word."""
    return definition_versions(definition).select_related("definition__successor")[0]
