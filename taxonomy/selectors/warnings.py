"""What a careful colleague would remark about content that may be enacted all the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from taxonomy.choices import COMPLEXITY_BUDGET
from taxonomy.rules import AttributeFacts, Rule, attributes_used, cautions, clauses, complexity, segments_used
from taxonomy.selectors.catalogue import DESCRIPTIVE_DIMENSION, SENSITIVE, attribute_uses_of

Remark = dict[str, Any]


def warnings_about(
    content: Mapping[str, Any],
    rule: Rule,
    above: Sequence[Rule],
    *,
    catalogue: Mapping[str, AttributeFacts],
) -> list[Remark]:
    """Remarks with code, detail and pointer; none of them stops the enactment."""
    return [
        *warnings_about_rule(rule, above, catalogue),
        *_about_owners(content["owners"]),
    ]


def warnings_about_rule(rule: Rule, above: Sequence[Rule], catalogue: Mapping[str, AttributeFacts]) -> list[Remark]:
    """Remarks about a rule below the rules of its parents, from the root down."""
    return [
        *(_remark("seldom_meant", caution, "/rule") for caution in cautions(rule, catalogue)),
        *_about_size(rule),
        *_about_attributes(rule, above),
        *_about_repetition(rule, above),
    ]


def _about_size(rule: Rule) -> list[Remark]:
    sizes = complexity(rule)
    over = [
        f"{getattr(sizes, name)} {name} (advised: at most {most})"
        for name, most in COMPLEXITY_BUDGET.items()
        if getattr(sizes, name) > most
    ]
    if not over:
        return []
    return [_remark("complexity", f"Few people will be able to read this rule: {', '.join(over)}.", "/rule")]


def _about_attributes(rule: Rule, above: Sequence[Rule]) -> list[Remark]:
    everything = attribute_uses_of(frozenset().union(*(attributes_used(part) for part in (*above, rule))))
    own = attributes_used(rule)
    found = [
        _remark(
            "sensitive_attribute",
            f"{use.label} is {use.sensitivity} data. Say in the rationale why the segment cannot do without it.",
            "/rule",
        )
        for use in everything
        if use.key in own and use.sensitivity in SENSITIVE
    ]
    refers = any(segments_used(part) for part in (*above, rule))
    if everything and not refers and all(use.dimension == DESCRIPTIVE_DIMENSION for use in everything):
        found.append(
            _remark(
                "only_demographic",
                "The rule looks only at who customers are, not at what they do or value: it may describe a stereotype.",
                "/rule",
            )
        )
    return found


def _about_repetition(rule: Rule, above: Sequence[Rule]) -> list[Remark]:
    inherited = {clause for part in above for clause in clauses(part)}
    if not any(clause in inherited for clause in clauses(rule)):
        return []
    detail = "A part of this rule stands in a parent's rule already; the parent's rule always counts, so leave it out."
    return [_remark("repeats_parent", detail, "/rule")]


def _about_owners(owners: Mapping[str, str]) -> list[Remark]:
    if len(set(owners.values())) > 1:
        return []
    return [_remark("one_owner", "One person answers for data, definition and outcome alike.", "/owners")]


def _remark(code: str, detail: str, pointer: str) -> Remark:
    return {"code": code, "detail": detail, "pointer": pointer}
