"""The rule in force of one segment together with the parents that its conditions come from."""

import dataclasses
from collections.abc import Mapping
from functools import lru_cache, reduce

from django.db import connection

from taxonomy.models import SegmentVersion
from taxonomy.rules import Catalogue, Rule, RuleError, clauses, conjoin, from_tree, parse
from taxonomy.rules.types import facts_of
from taxonomy.selectors.effective import NOBODY

EVERYONE = parse("TRUE", {})


@dataclasses.dataclass(frozen=True)
class VersionInForce:
    """A segment's version in force, without its rule."""

    key: str
    parent_key: str | None
    version_id: int
    name: str
    number: int
    attribute_keys: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Origin:
    """The segment whose own rule a condition belongs to."""

    key: str
    name: str


@dataclasses.dataclass(frozen=True)
class RuleInForce:
    """A segment's effective rule; `origins` names for each of its clauses (`taxonomy.rules.clauses`) where it stands.

    `fault` says why it cannot be read any more; then `rule` selects nobody.
    """

    key: str
    name: str
    number: int
    rule: Rule
    origins: tuple[Origin, ...]
    fault: str = ""


# Each row joins what it stands on; UNION drops what was there already, so that a circle ends too.
_GROUNDS = """
    WITH RECURSIVE ground (key, parent_key, version_id, name, number, attribute_keys, segment_keys) AS (
        SELECT s.key, p.key, v.id, v.name, v.number, v.attribute_keys, v.segment_keys
        FROM taxonomy_segment s JOIN taxonomy_segmentversion v ON v.segment_id = s.id AND v.state = 'active'
        LEFT JOIN taxonomy_segment p ON p.id = s.parent_id
        WHERE s.key = %s
      UNION
        SELECT s.key, p.key, v.id, v.name, v.number, v.attribute_keys, v.segment_keys
        FROM ground g JOIN taxonomy_segment s ON s.key = ANY(array_append(g.segment_keys, g.parent_key))
        JOIN taxonomy_segmentversion v ON v.segment_id = s.id AND v.state = 'active'
        LEFT JOIN taxonomy_segment p ON p.id = s.parent_id
    )
    SELECT key, parent_key, version_id, name, number, attribute_keys FROM ground
"""


def grounds_in_force(key: str) -> dict[str, VersionInForce]:
    """The segment and everything that it stands on, parents and segments referred to, by key; empty when not in use."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUNDS, [key])
        return {
            each: VersionInForce(each, parent, version_id, name, number, tuple(attribute_keys))
            for each, parent, version_id, name, number, attribute_keys in cursor.fetchall()
        }


def line_of(key: str, grounds: Mapping[str, VersionInForce]) -> list[VersionInForce]:
    """The segment and the segments above it, from the root down."""
    found: list[VersionInForce] = []
    at: str | None = key
    while at is not None and at in grounds and grounds[at] not in found:
        found.insert(0, grounds[at])
        at = grounds[at].parent_key
    return found


def rule_in_force(line: list[VersionInForce], types: Catalogue) -> RuleInForce:
    """The effective rule of the last in the line, as runs evaluate it, read with these types."""
    last = line[-1]
    rules: list[Rule] = []
    origins: list[Origin] = []
    for version in line:
        origin = Origin(version.key, version.name)
        try:
            own = _read(version.version_id, _types_of(version, types))
        except RuleError as refused:
            where = "" if version is last else f"“{version.name}”, which stands above it, cannot be read any more: "
            fault = f"{where}{refused.detail} Propose a change of the rule."
            return RuleInForce(last.key, last.name, last.number, NOBODY, (origin,), fault)
        rules.append(own)
        origins += [] if own == EVERYONE else [origin] * len(clauses(own))
    return RuleInForce(last.key, last.name, last.number, reduce(conjoin, rules), tuple(origins or [origin]))


def _types_of(version: VersionInForce, types: Catalogue) -> tuple[tuple[str, str], ...]:
    facts = ((key, facts_of(types, key)) for key in version.attribute_keys)
    return tuple((key, each.type) for key, each in facts if each is not None)


@lru_cache(maxsize=512)
def _read(version_id: int, types: tuple[tuple[str, str], ...]) -> Rule:
    """A version's own rule, read once per process for the types that its attributes have: the database refuses to
    change what a version says, and never gives its number to another."""
    return from_tree(SegmentVersion.objects.values_list("rule", flat=True).get(pk=version_id), dict(types))
