"""Effective rules: a segment's own rule together with those of its parents."""

import dataclasses
import threading
from collections.abc import Mapping, Sequence
from functools import reduce
from graphlib import TopologicalSorter
from typing import Any

from django.db import connection

from taxonomy.choices import VersionState
from taxonomy.models import SegmentVersion
from taxonomy.rules import AttributeFacts, Rule, RuleError, conjoin, digest, from_tree, parse
from taxonomy.selectors.catalogue import stored_catalogue, stored_rule

NOBODY = parse("FALSE", {})


@dataclasses.dataclass(frozen=True)
class ActiveRule:
    """One segment's rule in force: `rule` holds for members of all parents too; `digest` is of that rule.

    `fault` says why it cannot be read any more (an attribute changed its type); then `rule` selects nobody and stands
    for nothing.
    """

    segment_id: int
    key: str
    name: str
    parent_key: str | None
    version_id: int
    number: int
    rule: Rule
    digest: str
    fault: str = ""


@dataclasses.dataclass(frozen=True)
class Standing:
    """What a segment stands on: its parent and the segments that its own rule refers to."""

    parent: str | None
    references: tuple[str, ...]

    @property
    def grounds(self) -> tuple[str, ...]:
        """Everything that must be known before this segment can be."""
        return (*((self.parent,) if self.parent else ()), *self.references)


def standings() -> dict[str, Standing]:
    """For each segment in use, what it stands on."""
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE).values_list(
        "segment__key", "segment__parent__key", "segment_keys"
    )
    return {key: Standing(parent, tuple(references)) for key, parent, references in rows}


def in_dependency_order(standing: Mapping[str, Standing]) -> list[str]:
    """The keys so that each comes after all it stands on; grounds that are not listed do not count."""
    sorter = TopologicalSorter({key: standing[key].grounds for key in sorted(standing)})
    return [key for key in sorter.static_order() if key in standing]


def circle_through(key: str, standing: Mapping[str, Standing]) -> list[str]:
    """The way from `key` over its grounds back to itself, both ends included; empty when there is none."""
    trails = [[key]]
    seen: set[str] = set()
    while trails:
        trail = trails.pop()
        for ground in standing[trail[-1]].grounds if trail[-1] in standing else ():
            if ground == key:
                return [*trail, key]
            if ground not in seen:
                seen.add(ground)
                trails.append([*trail, ground])
    return []


# What effective rules are made of: versions never change, so those in force, where they hang and the types of the
# attributes say all.
_MADE_OF = """
    SELECT v.id || ' ' || COALESCE(s.parent_id, 0) FROM taxonomy_segmentversion v
    JOIN taxonomy_segment s ON s.id = v.segment_id WHERE v.state = 'active'
    UNION ALL SELECT key || ' ' || type FROM customers_attribute
"""
Grounds = frozenset[str]


class _Kept:
    """The rules that this process has read last, and what they were made of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grounds: Grounds | None = None
        self._rules: tuple[ActiveRule, ...] = ()

    def find(self, grounds: Grounds) -> tuple[ActiveRule, ...] | None:
        with self._lock:
            return self._rules if grounds == self._grounds else None

    def put(self, grounds: Grounds, rules: tuple[ActiveRule, ...]) -> None:
        with self._lock:
            self._grounds, self._rules = grounds, rules


_kept = _Kept()


def active_rules() -> list[ActiveRule]:
    """The effective rules of all segments in use, each after everything that it stands on; unreadable ones say why.

    One small query where nothing has changed since this process last asked.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MADE_OF)
        known = _kept.find(frozenset(row for (row,) in cursor.fetchall()))
    return list(known) if known is not None else _read_anew()


def _read_anew() -> list[ActiveRule]:
    versions = {
        version.segment.key: version
        for version in SegmentVersion.objects.filter(state=VersionState.ACTIVE).select_related("segment__parent")
    }
    standing = {
        key: Standing(version.segment.parent.key if version.segment.parent else None, tuple(version.segment_keys))
        for key, version in versions.items()
    }
    catalogue = stored_catalogue()
    found: dict[str, ActiveRule] = {}
    for key in in_dependency_order(standing):
        version, parent = versions[key], standing[key].parent
        above = found.get(parent) if parent else None
        rule, fault = _read(version.rule, catalogue, above)
        found[key] = ActiveRule(
            version.segment_id, key, version.name, parent, version.pk, version.number, rule, digest(rule), fault
        )
    # Of what was read, not of what was asked for: somebody may have enacted in between.
    grounds = {f"{version.pk} {version.segment.parent_id or 0}" for version in versions.values()}
    grounds |= {f"{key} {facts.type}" for key, facts in catalogue.items()}
    _kept.put(frozenset(grounds), tuple(found.values()))
    return list(found.values())


def _read(
    tree: Mapping[str, Any], catalogue: Mapping[str, AttributeFacts], above: ActiveRule | None
) -> tuple[Rule, str]:
    """The stored rule below the one above it, and what keeps it from being read."""
    if above is not None and above.fault:
        return NOBODY, f"“{above.name}”, which stands above it, cannot be read any more: {above.fault}"
    try:
        own = from_tree(tree, catalogue)
    except RuleError as refused:
        return NOBODY, f"{refused.detail} Propose a change of the rule."
    return (conjoin(above.rule, own) if above else own), ""


def rules_above(parent_key: str | None) -> list[Rule]:
    """The own rules in force of the parent and of everything above it, from the root down."""
    trees = {
        key: (parent, tree)
        for key, parent, tree in SegmentVersion.objects.filter(state=VersionState.ACTIVE).values_list(
            "segment__key", "segment__parent__key", "rule"
        )
    }
    found: list[Rule] = []
    while parent_key in trees:
        parent_key, tree = trees.pop(parent_key)
        found.insert(0, stored_rule(tree))
    return found


def with_rules_above(own: Rule, above: Sequence[Rule]) -> Rule:
    """The own rule together with the rules above it."""
    return reduce(conjoin, [*above, own])
