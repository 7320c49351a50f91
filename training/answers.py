"""Judges answers. Whether a made-up customer is in a segment is asked of the rule in force, never stored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.clock import now
from common.errors import Invalid
from taxonomy.rules import Explanation, Rule, explain, matches, segments_used
from taxonomy.selectors import active_rules, effective_rule_of, live_content, rule_catalogue


def judged(step: Mapping[str, Any], answer: Any, *, segment_key: str) -> bool | None:
    """Whether the answer is right; None for a step that asks nothing. Raises `Invalid` for an answer that is none."""
    if step["kind"] == "read":
        return None
    if step["kind"] == "choose":
        choices = step["choices"]
        if not isinstance(answer, int) or isinstance(answer, bool) or not 0 <= answer < len(choices):
            raise Invalid("Choose one of the answers.", code="no_answer", pointer="/answer")
        return bool(choices[answer]["right"])
    if answer not in ("in", "out"):
        raise Invalid("Answer “in” or “out”.", code="no_answer", pointer="/answer")
    return (answer == "in") is is_in(step["customer"], segment_key=segment_key)


def is_in(customer: Mapping[str, Any], *, segment_key: str) -> bool:
    """Whether the made-up customer is a member by the rule in force now."""
    rule = _rule(segment_key)
    if rule is None:
        return False
    as_of = now()
    return matches(rule, customer, as_of, segments=_other_segments(rule, customer, as_of)) is True


def why(customer: Mapping[str, Any], *, segment_key: str) -> Explanation | None:
    """The rule in force as a tree of answers for the made-up customer."""
    rule = _rule(segment_key)
    if rule is None:
        return None
    as_of = now()
    segments = _other_segments(rule, customer, as_of)
    return explain(rule, customer, as_of, segments=segments, catalogue=rule_catalogue())


def _rule(segment_key: str) -> Rule | None:
    live = live_content(segment_key)
    return effective_rule_of(live.content, segment_key) if live is not None else None


def _other_segments(rule: Rule, customer: Mapping[str, Any], as_of: datetime) -> dict[str, bool | None]:
    """What the segments that the rule refers to answer, each after those that it stands on."""
    found: dict[str, bool | None] = {}
    if segments_used(rule):
        for active in active_rules():
            found[active.key] = None if active.fault else matches(active.rule, customer, as_of, segments=found)
    return found


def right_at_first_try(answers: Mapping[str, Any]) -> tuple[int, int]:
    """(right at the first try, questions asked)."""
    asked = [answer for answer in answers.values() if answer["right"] is not None]
    return sum(bool(answer["first_right"]) for answer in asked), len(asked)
