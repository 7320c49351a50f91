"""What of the taxonomy is in force and has to be looked at again: segments with their owners, terms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taxonomy.choices import DefinitionType, VersionState
from taxonomy.models import DefinitionVersion, SegmentVersion


@dataclass(frozen=True)
class SegmentInForce:
    """One segment in use. `path` holds the keys from the root down to it; `owners` the three people by what they
    answer for; `born_at` is when its first version came into force, `enacted_at` when this one did."""

    key: str
    name: str
    tier: str
    number: int
    born_at: datetime
    enacted_at: datetime
    path: tuple[str, ...]
    owners: dict[str, Any]


@dataclass(frozen=True)
class TermInForce:
    """One glossary term in use; `owner` is a user name, or empty."""

    key: str
    name: str
    number: int
    enacted_at: datetime
    owner: str


def segments_in_force() -> list[SegmentInForce]:
    """Every segment in use, by name; one query."""
    rows = list(
        SegmentVersion.objects.filter(state=VersionState.ACTIVE)
        .select_related("segment__parent", "data_owner", "definition_owner", "outcome_owner")
        .defer("rule", "rule_text", "words", "rationale", "meaning")
        .order_by("name", "segment__key")
    )
    above = {row.segment.key: row.segment.parent.key if row.segment.parent else None for row in rows}
    return [
        SegmentInForce(
            key=row.segment.key,
            name=row.name,
            tier=row.tier,
            number=row.number,
            born_at=row.segment.created_at,
            enacted_at=row.enacted_at,
            path=_path(row.segment.key, above),
            owners={"data": row.data_owner, "definition": row.definition_owner, "outcome": row.outcome_owner},
        )
        for row in rows
    ]


def _path(key: str, above: dict[str, str | None]) -> tuple[str, ...]:
    found, here = [], above.get(key)
    while here is not None and here not in found:
        found.append(here)
        here = above.get(here)
    return (*reversed(found), key)


def terms_in_force() -> list[TermInForce]:
    """Every glossary term in use, by name; one query."""
    rows = DefinitionVersion.objects.filter(state=VersionState.ACTIVE, definition__type=DefinitionType.TERM)
    return [
        TermInForce(row.definition.key, row.name, row.number, row.enacted_at, str(row.content.get("owner") or ""))
        for row in rows.select_related("definition").order_by("name")
    ]
