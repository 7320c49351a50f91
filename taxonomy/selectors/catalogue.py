"""The attributes as rules know them, and the reading of rules against them."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from common.actors import SYSTEM
from customers.selectors import attribute_facts, attribute_facts_for, trusted_facts, visible_attribute_keys
from taxonomy.errors import RuleInvalid
from taxonomy.rules import AttributeFacts, Rule, RuleError, from_tree, parse, upgraded

DESCRIPTIVE_DIMENSION = "demographic"
SENSITIVE = ("personal", "special")


@dataclasses.dataclass(frozen=True)
class AttributeUse:
    """One attribute as a segment's page lists it."""

    key: str
    label: str
    dimension: str
    sensitivity: str


def rule_catalogue(keys: Collection[str] | None = None) -> dict[str, AttributeFacts]:
    """Every attribute that a rule may read, by key; of those named alone where they are named."""
    return {key: _facts(row) for key, row in attribute_facts_for(viewer=SYSTEM, keys=keys).items()}


def trusted_catalogue() -> dict[str, AttributeFacts]:
    """Every attribute with those declared facts that hold on the newest build: what proofs may rest on."""
    rows = attribute_facts()
    return {key: dataclasses.replace(_facts(rows[key]), **vars(held)) for key, held in trusted_facts(rows).items()}


def rule_catalogue_for(viewer: Any) -> dict[str, AttributeFacts]:
    """The attributes that a new rule of this viewer may read; the others, and those retired, are unknown to it."""
    seen = visible_attribute_keys(viewer)
    return {key: _facts(row) for key, row in attribute_facts().items() if key in seen and not row.is_retired}


def stored_catalogue() -> dict[str, AttributeFacts]:
    """The attributes without their lists of choices: an approved rule still reads when one was since taken away."""
    return {key: dataclasses.replace(_facts(row), choices=None) for key, row in attribute_facts().items()}


def stored_rule(tree: Mapping[str, Any]) -> Rule:
    """The rule of a version for showing, read with the types that it was checked with: it reads whatever came later."""
    present = upgraded(tree)
    return from_tree(present, {key: AttributeFacts(type=kind, choices=None) for key, kind in _attributes_in(present)})


def _attributes_in(part: Any) -> Iterator[tuple[str, Any]]:
    """Key and type of every attribute in a stored tree."""
    if isinstance(part, Mapping):
        if part.get("kind") == "attribute":
            yield part["key"], part["type"]
        for inner in part.values():
            yield from _attributes_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _attributes_in(inner)


def _facts(row: Any) -> AttributeFacts:
    return AttributeFacts(
        type=row.type,
        label=row.label,
        unit=row.unit,
        choices=tuple(row.choices),
        description=row.description,
        dimension=row.dimension,
        sensitivity=row.sensitivity,
    )


def read_rule(source: str | Mapping[str, Any], catalogue: Mapping[str, AttributeFacts], pointer: str = "/rule") -> Rule:
    """The rule from its text or its tree; raises `RuleInvalid` whose errors name the construct and its position."""
    try:
        return parse(source, catalogue) if isinstance(source, str) else from_tree(source, catalogue)
    except RuleError as refused:
        found = [{**error, "pointer": pointer + (error.get("pointer") or "")} for error in refused.as_dicts()]
        raise RuleInvalid(found[0]["detail"], code=found[0]["code"], pointer=pointer, errors=found) from refused


def attribute_uses_of(keys: Iterable[str]) -> list[AttributeUse]:
    """The named attributes with dimension and sensitivity, by label; unknown ones by their key alone."""
    wanted = list(keys)
    rows = attribute_facts_for(viewer=SYSTEM, keys=wanted) if wanted else {}
    found = [
        AttributeUse(key, row.label, row.dimension, row.sensitivity)
        if (row := rows.get(key))
        else AttributeUse(key, key, "", "")
        for key in wanted
    ]
    return sorted(found, key=lambda use: use.label.casefold())
