"""The rule in force of one segment together with the parents that its conditions come from."""

import json
from dataclasses import dataclass
from functools import lru_cache, reduce

from taxonomy.choices import VersionState
from taxonomy.models import SegmentVersion
from taxonomy.rules import Catalogue, Rule, RuleError, clauses, conjoin, from_tree, parse
from taxonomy.rules.types import facts_of
from taxonomy.selectors.effective import NOBODY

EVERYONE = parse("TRUE", {})


@dataclass(frozen=True)
class Origin:
    """The segment whose own rule a condition belongs to."""

    key: str
    name: str


@dataclass(frozen=True)
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


def rule_in_force(key: str, types: Catalogue) -> RuleInForce | None:
    """The rule of the segment as runs evaluate it, read with these types; None where none is in force. Two queries."""
    line = _line(key)
    if not line:
        return None
    rules: list[Rule] = []
    origins: list[Origin] = []
    for version in line:
        origin = Origin(version.segment.key, version.name)
        try:
            own = _read(json.dumps(version.rule), _types_of(version, types))
        except RuleError as refused:
            where = "" if version is line[-1] else f"“{version.name}”, which stands above it, cannot be read any more: "
            fault = f"{where}{refused.detail} Propose a change of the rule."
            return RuleInForce(key, line[-1].name, line[-1].number, NOBODY, (origin,), fault)
        rules.append(own)
        origins += [] if own == EVERYONE else [origin] * len(clauses(own))
    return RuleInForce(key, line[-1].name, line[-1].number, reduce(conjoin, rules), tuple(origins or [origin]))


def _line(key: str) -> list[SegmentVersion]:
    """The versions in force of the segment and of everything above it, from the root down."""
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE).values_list("segment__key", "segment__parent__key")
    parents = dict(rows)
    keys: list[str] = []
    at: str | None = key
    while at is not None and at in parents and at not in keys:
        keys.append(at)
        at = parents[at]
    found = SegmentVersion.objects.filter(state=VersionState.ACTIVE, segment__key__in=keys).select_related("segment")
    by_key = {version.segment.key: version for version in found}
    return [by_key[each] for each in reversed(keys) if each in by_key]


def _types_of(version: SegmentVersion, types: Catalogue) -> tuple[tuple[str, str], ...]:
    facts = ((key, facts_of(types, key)) for key in version.attribute_keys)
    return tuple((key, each.type) for key, each in facts if each is not None)


@lru_cache(maxsize=512)
def _read(tree: str, types: tuple[tuple[str, str], ...]) -> Rule:
    """A stored rule, read once per process for the types that its attributes have: the tree itself is the key."""
    return from_tree(json.loads(tree), dict(types))
