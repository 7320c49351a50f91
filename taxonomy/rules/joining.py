"""Rules put together and taken apart: a parent and its child, and the steps of a funnel."""

from taxonomy.rules.nodes import And, Constant, Rule, all_of

_EVERYONE = Constant(True)


def conjoin(parent: Rule, child: Rule) -> Rule:
    """Parent AND child in one flat rule, as a child segment is evaluated; a side that takes everyone adds nothing.

    The result may be larger than the limits of a single rule.
    """
    kept = [side for side in (parent.condition, child.condition) if side != _EVERYONE]
    return Rule(all_of(kept)) if kept else parent


def clauses(rule: Rule) -> tuple[Rule, ...]:
    """The conditions that must all hold, one rule each and in order: the steps of a funnel."""
    parts = rule.condition.conditions if isinstance(rule.condition, And) else (rule.condition,)
    return tuple(Rule(part) for part in parts)
