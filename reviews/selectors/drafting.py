"""What an author sees while writing: what the rule says, where it is wrong, whom it would select."""

from dataclasses import dataclass
from typing import Any

from common.errors import DomainError
from memberships.errors import NotComputed
from memberships.selectors import Preview, preview, shown_count
from taxonomy.selectors import RuleReading, parse_for, rule_catalogue_for, rule_reading_for


@dataclass(frozen=True)
class RuleLook:
    """What the portal understood of a rule being written, or the first thing that it did not understand."""

    text: str
    reading: RuleReading | None = None
    preview: Preview | None = None
    count: int | str | None = None
    not_computed: str = ""
    fault: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class KnownAttribute:
    """An attribute that the author may use."""

    key: str
    label: str
    type: str
    unit: str
    choices: tuple[str, ...]
    description: str


def rule_look(*, viewer: Any, text: str, parent_key: str | None) -> RuleLook:
    """The rule in words with its size on the newest build, or its fault with the position."""
    if not text.strip():
        return RuleLook(text)
    try:
        reading = rule_reading_for(viewer, text, parent_key or None)
    except DomainError as refused:
        first = refused.errors[0] if refused.errors else {}
        place = first.get("position") or {}
        return RuleLook(
            text, fault=str(first.get("detail") or refused), line=place.get("line", 0), column=place.get("column", 0)
        )
    try:
        counted = preview(parse_for(viewer, text, parent_key or None))
    except NotComputed as why:
        return RuleLook(text, reading, not_computed=why.detail)
    return RuleLook(text, reading, counted, shown_count(viewer, counted.count))


def known_attributes(*, viewer: Any) -> list[KnownAttribute]:
    """The attributes that a rule of the viewer can read, by label."""
    rows = [
        KnownAttribute(
            key, facts.label or key, str(facts.type), facts.unit, tuple(facts.choices or ()), facts.description
        )
        for key, facts in rule_catalogue_for(viewer).items()
    ]
    return sorted(rows, key=lambda row: row.label.casefold())
