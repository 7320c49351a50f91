"""What a change of a rule would do, with all that hangs on it, against one count of the changed rule."""

from statistics import median
from typing import Any

from bench.reads import figures, milliseconds


def impact_of_a_change(texts: list[str]) -> dict[str, Any]:
    """Old and new rule, value, owners and consent on a warm build, against one preview of the new rule."""
    from memberships.selectors import impact, preview
    from taxonomy.rules import parse
    from taxonomy.selectors import active_rules, rule_catalogue

    catalogue = rule_catalogue()
    live = active_rules()[:20]
    rules = [parse(text, catalogue) for text in texts[: len(live)]]

    def ours(number: int) -> None:
        place = number % len(live)
        # No segment stands beside it: how many do is a matter of the taxonomy, not of the impact.
        impact(segment_key=live[place].key, effective_rule=rules[place], parent_key="-")

    taken = milliseconds(ours, 40)
    theirs = milliseconds(lambda number: preview(rules[number % len(rules)]), 40)
    return {
        "benchmark": "impact_of_a_change",
        **figures(taken),
        "peers": {"one_count_ms": round(median(theirs), 1)},
        "times_a_single_count": round(median(taken) / median(theirs), 1),
    }
