"""Which declared facts hold on the newest profile build: those alone may carry proofs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from customers.errors import NoSuchBuild
from customers.models import Attribute, ProfileBuild
from customers.policies import CustomerPolicy
from customers.rows import AttributeRow, declared_of, limit_words
from customers.rows.facts import Bound
from customers.selectors.attributes import attribute_facts, row_of
from customers.selectors.builds import newest_build, scan_build
from customers.selectors.distributions import SMALL

HOLDS: Final = "holds"
BROKEN: Final = "broken"
UNCOUNTED: Final = "uncounted"


@dataclass(frozen=True)
class TrustedFacts:
    """What may be taken for certain of one attribute's values; `choices` is None where texts outside of them were
    counted.
    """

    minimum: Bound | None = None
    maximum: Bound | None = None
    is_whole: bool = False
    is_always_known: bool = False
    not_before: str | None = None
    choices: tuple[str, ...] | None = ()


@dataclass(frozen=True)
class FactLine:
    """One declared fact in words, and whether it holds: `state` is holds, broken (by `broken` of `total` customers,
    None where the viewer may only know that they are fewer than 5) or uncounted, which the next build changes.
    """

    fact: str
    words: str
    state: str
    broken: int | None = 0
    total: int = 0
    build_number: int | None = None
    as_of: datetime | None = None


def trusted_facts(rows: Mapping[str, AttributeRow] | None = None) -> dict[str, TrustedFacts]:
    """Key -> the facts of every attribute that no customer on the newest build breaks, as they are declared now.

    A declaration that changed is left out until a build has counted it. Choices are enforced on every way in, so they
    are left out only when customers outside of them were counted. `rows` is the catalogue when it was read already.
    """
    build = newest_build()
    counted: Mapping[str, Any] = build.facts if build else {}
    declared = attribute_facts() if rows is None else rows
    return {key: _trusted(row, counted.get(key, {})) for key, row in declared.items()}


def _trusted(row: AttributeRow, counted: Mapping[str, Any]) -> TrustedFacts:
    held = {
        fact: getattr(row, fact)
        for fact, declared in declared_of(row).items()
        if fact != "choices" and counted.get(fact) == {"declared": declared, "broken": 0}
    }
    outside = counted.get("choices", {}).get("broken", 0)
    return TrustedFacts(**held, choices=None if outside else row.choices)


def fact_lines(attribute: Attribute, *, viewer: Any) -> list[FactLine]:
    """What is declared of the attribute, each fact with what the newest build says of it."""
    build = newest_build()
    lines = _lines(row_of(attribute), build, build.facts.get(attribute.key, {}) if build else {})
    return _coarse(lines, viewer)


def _coarse(lines: list[FactLine], viewer: Any) -> list[FactLine]:
    if CustomerPolicy().can(viewer, "view"):
        return lines
    return [replace(line, broken=None) if line.broken and line.broken < SMALL else line for line in lines]


def proposed_fact_lines(key: str, content: Mapping[str, Any], *, viewer: Any) -> list[FactLine]:
    """The same for declarations that are only proposed (checked content), counted now on the newest build.

    Without a build that holds the attribute they are uncounted.
    """
    # Not on top: a parent process that has loaded and used Polars makes its forked children hang.
    from customers.rows.declared import broken_counts

    row = _proposed_row(key, content)
    build = newest_build()
    if build is None or build.schema.get(key) != row.type:
        return _lines(row, None, {})
    try:
        counted = broken_counts(scan_build(build.pk), build.schema, {key: declared_of(row)})
    except NoSuchBuild:
        return _lines(row, None, {})
    return _coarse(_lines(row, build, counted.get(key, {})), viewer)


def _proposed_row(key: str, content: Mapping[str, Any]) -> AttributeRow:
    names = ("label", "type", "unit", "minimum", "maximum", "is_whole", "is_always_known", "choices")
    proposed = Attribute(key=key, **{name: content[name] for name in names if name in content})
    if content.get("not_before"):
        proposed.not_before = Attribute.objects.get(key=content["not_before"])
    return row_of(proposed)


def _lines(row: AttributeRow, build: ProfileBuild | None, counted: Mapping[str, Any]) -> list[FactLine]:
    lines = []
    for fact, declared in declared_of(row).items():
        count = counted.get(fact, {})
        if fact == "choices" and not count.get("broken"):
            continue
        words = _words(fact, declared, row)
        if build is None or count.get("declared") != declared:
            lines.append(FactLine(fact, words, UNCOUNTED))
            continue
        state = BROKEN if count["broken"] else HOLDS
        lines.append(FactLine(fact, words, state, count["broken"], build.alive_count, build.number, build.as_of))
    return lines


def _words(fact: str, declared: Any, row: AttributeRow) -> str:
    unit = f" {row.unit}" if row.unit else ""
    if fact == "minimum":
        return f"At least {limit_words(row.minimum)}{unit}"
    if fact == "maximum":
        return f"At most {limit_words(row.maximum)}{unit}"
    if fact == "not_before":
        other = Attribute.objects.filter(key=declared).values_list("label", flat=True).first() or declared
        return f"Never {'below' if row.type == 'number' else 'before'} “{other}”"
    named = {"is_whole": "Whole numbers only", "is_always_known": "Known of every customer"}
    return named.get(fact, "One of its choices")
