"""Operations on several segments at once, worked out into what becomes of each: split, merge, re-organise, swap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.errors import Invalid
from taxonomy.choices import EnactmentKind, VersionState
from taxonomy.models import SegmentVersion
from taxonomy.rules import to_text
from taxonomy.rules.nodes import Attribute, Condition, InSegment, any_of
from taxonomy.rules.replacing import rule_with_attribute, rule_with_segment
from taxonomy.selectors.catalogue import read_rule, rule_catalogue, stored_rule
from taxonomy.selectors.counterparts import counterparts, refuse_other_type
from taxonomy.selectors.segments import content_of, live_version, references_to

Content = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One segment as it shall stand; `base_version` is empty for a new one. `kind` is how the decision is recorded."""

    kind: str
    key: str
    content: Content
    base_version: int | None


@dataclass(frozen=True)
class Leaving:
    """One segment that goes out of use, and where its readers are sent."""

    key: str
    base_version: int
    successor: str | None


@dataclass(frozen=True)
class Mapped:
    """One line of the crosswalk to be: an old segment and the new one that it goes on in."""

    old: str
    new: str


@dataclass(frozen=True)
class Plan:
    """All that one operation does, in the order in which it is done: new and changed segments, then those that go."""

    operation: str
    steps: tuple[Step, ...]
    leaving: tuple[Leaving, ...] = ()
    lines: tuple[Mapped, ...] = ()
    repointed: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Every segment that it touches."""
        return tuple(dict.fromkeys([*(step.key for step in self.steps), *(row.key for row in self.leaving)]))


def split_plan(key: str, version: int, parts: Sequence[Mapping[str, Any]]) -> Plan:
    """The segment goes; the parts come. Rules that refer to it ask for any of the parts instead."""
    steps = tuple(Step(EnactmentKind.SPLIT, part["key"], dict(part["content"]), None) for part in parts)
    replaced = any_of(InSegment(part["key"]) for part in parts)
    repointed = _repointed([key], replaced, but=[key])
    return Plan(
        "split",
        (*steps, *repointed),
        (Leaving(key, version, None),),
        tuple(Mapped(key, part["key"]) for part in parts),
        tuple(step.key for step in repointed),
    )


def merge_plan(target: str, base: int | None, content: Content, sources: Sequence[Mapping[str, Any]]) -> Plan:
    """The sources go; the target, new or in use already, takes their place, also in the rules that refer to them."""
    keys = [source["key"] for source in sources]
    repointed = _repointed(keys, InSegment(target), but=[*keys, target])
    return Plan(
        "merge",
        (Step(EnactmentKind.MERGE, target, dict(content), base), *repointed),
        tuple(Leaving(source["key"], source["version"], target) for source in sources),
        tuple(Mapped(key, target) for key in keys),
        tuple(step.key for step in repointed),
    )


def reorganise_plan(rows: Sequence[Mapping[str, Any]]) -> Plan:
    """Other names and other places for many segments; what they mean by themselves stays."""
    steps = []
    for row in rows:
        live = _live(row["segment"])
        before = content_of(live)
        after = {**before, **{name: row[name] for name in ("name", "parent", "tier") if name in row}}
        if after == before:
            continue
        is_moved = any(before[name] != after[name] for name in ("parent", "tier"))
        kind = EnactmentKind.MOVE if is_moved else EnactmentKind.RENAME
        steps.append(Step(kind, row["segment"], after, row["version"]))
    # The lines of moves and renames are written with each version.
    return Plan("reorganise", tuple(steps))


def swap_plan(attribute: str, replacement: str, values: Mapping[str, Any], versions: Mapping[str, int]) -> Plan:
    """Every rule in force that reads the one attribute reads the other, each value exchanged for its counterpart."""
    catalogue = rule_catalogue()
    if replacement not in catalogue:
        raise Invalid(f"There is no attribute {replacement}.", code="unknown_attribute", pointer="/replacement")
    if attribute in catalogue:
        refuse_other_type(catalogue[attribute], replacement, catalogue[replacement])
    typed = counterparts(values, replacement, catalogue[replacement])
    steps = []
    for version in reading(attribute):
        key = version.segment.key
        new = Attribute(replacement, catalogue[replacement].type)
        rule = rule_with_attribute(stored_rule(version.rule), attribute, new, typed)
        named = [
            {**row, "attribute": replacement} if row.get("attribute") == attribute else row
            for row in version.thresholds
        ]
        after = {**content_of(version), "rule": to_text(rule), "thresholds": named}
        steps.append(Step(EnactmentKind.CHANGE, key, after, versions.get(key, version.number)))
    return Plan("swap", tuple(steps))


def reading(attribute: str) -> list[SegmentVersion]:
    """The versions in force whose own rule reads the attribute, by key."""
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE, attribute_keys__contains=[attribute])
    found = rows.select_related(
        "segment", "parent", "objective", "data_owner", "definition_owner", "outcome_owner"
    ).order_by("segment__key")
    return list(found)


def _repointed(keys: Sequence[str], replaced: Condition, *, but: Sequence[str]) -> tuple[Step, ...]:
    """The rules that refer to any of the keys, asking for the replacement instead; each once."""
    found: dict[str, Step] = {}
    for key in keys:
        for version in references_to(key):
            name = version.segment.key
            if name in but:
                continue
            before = found[name].content if name in found else content_of(version)
            rule = rule_with_segment(read_rule(before["rule"], rule_catalogue()), key, replaced)
            after = {**before, "rule": to_text(rule)}
            found[name] = Step(EnactmentKind.CHANGE, name, after, version.number)
    return tuple(found.values())


def _live(key: str) -> SegmentVersion:
    live = live_version(key)
    if live is None:
        raise Invalid(f"There is no segment in use with the key {key}.", code="unknown_segment")
    return live
