"""What an author can write a rule with."""

from dataclasses import dataclass
from typing import Any

from taxonomy.selectors import rule_catalogue_for


@dataclass(frozen=True)
class KnownAttribute:
    """An attribute that the author may use."""

    key: str
    label: str
    type: str
    unit: str
    choices: tuple[str, ...]
    description: str


def known_attributes(*, viewer: Any) -> list[KnownAttribute]:
    """The attributes that a rule of the viewer can read, by label."""
    rows = [
        KnownAttribute(
            key, facts.label or key, str(facts.type), facts.unit, tuple(facts.choices or ()), facts.description
        )
        for key, facts in rule_catalogue_for(viewer).items()
    ]
    return sorted(rows, key=lambda row: row.label.casefold())
