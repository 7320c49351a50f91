"""Reading rules that somebody is writing: nothing is stored, everything is checked."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from taxonomy.choices import IN_USE
from taxonomy.errors import ContentInvalid, RuleInvalid
from taxonomy.models import Segment
from taxonomy.rules import Rule, attributes_used, complexity, segments_used, to_text, to_tree, to_words
from taxonomy.selectors.catalogue import read_rule, rule_catalogue, rule_catalogue_for
from taxonomy.selectors.effective import rules_above, with_rules_above
from taxonomy.selectors.places import faults_of_references
from taxonomy.selectors.warnings import warnings_about_rule

# A segment that is not born yet can stand in no circle; no key looks like this.
_UNBORN = ""


@dataclasses.dataclass(frozen=True)
class RuleReading:
    """What the portal understood of a rule: its forms, what it reads, how much there is to understand, remarks."""

    rule: Rule
    tree: dict[str, Any]
    text: str
    words: str
    attributes: tuple[str, ...]
    segments: tuple[str, ...]
    complexity: dict[str, int]
    warnings: list[dict[str, Any]]


def rule_reading_for(viewer: Any, source: str | Mapping[str, Any], parent_key: str | None = None) -> RuleReading:
    """What the viewer's rule means, as text or tree, below a parent if one is named.

    Attributes that the viewer may not see are unknown attributes. Raises `RuleInvalid` (with positions) or
    `ContentInvalid` for an unknown parent.
    """
    rule, above = _read(viewer, source, parent_key)
    catalogue = rule_catalogue()
    return RuleReading(
        rule=rule,
        tree=to_tree(rule),
        text=to_text(rule),
        words=to_words(rule, catalogue),
        attributes=tuple(attributes_used(rule)),
        segments=tuple(segments_used(rule)),
        complexity=dataclasses.asdict(complexity(rule)),
        warnings=warnings_about_rule(rule, above, catalogue),
    )


def parse_for(viewer: Any, text: str | Mapping[str, Any], parent_key: str | None = None) -> Rule:
    """The effective rule of what the viewer wrote: with the rules of the parents if a parent is named.

    Raises as `rule_reading_for`. The parents' rules were approved and count in full, whatever the viewer may see.
    """
    return with_rules_above(*_read(viewer, text, parent_key))


def effective_rule_of(content: Mapping[str, Any], key: str) -> Rule:
    """The rule that decides who is in `key` if this content were in force; raises `RuleInvalid`."""
    own = read_rule(content["rule"], rule_catalogue())
    _refuse_references(own, content.get("parent"), key, content["rule"])
    return with_rules_above(own, rules_above(content.get("parent")))


def _read(viewer: Any, source: str | Mapping[str, Any], parent_key: str | None) -> tuple[Rule, list[Rule]]:
    if parent_key and not Segment.objects.filter(key=parent_key, status__in=IN_USE).exists():
        detail = f"There is no segment in use with the key {parent_key}."
        raise ContentInvalid(detail, code="unknown_parent", pointer="/parent")
    own = read_rule(source, rule_catalogue_for(viewer))
    _refuse_references(own, parent_key, _UNBORN, source)
    return own, rules_above(parent_key)


def _refuse_references(own: Rule, parent_key: str | None, key: str, written: object) -> None:
    faults = faults_of_references(key, parent_key, segments_used(own), written)
    if faults:
        raise RuleInvalid(faults[0]["detail"], code=faults[0]["code"], errors=faults)
