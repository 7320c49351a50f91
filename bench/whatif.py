"""The size of a segment for 25 values of one threshold, against asking 25 times."""

from statistics import median
from typing import Any

from bench.reads import figures, milliseconds


def what_if(texts: list[str]) -> dict[str, Any]:
    """The curve of one threshold on a warm build in one pass, against 25 previews of the 25 changed rules."""
    from memberships.selectors import preview
    from memberships.selectors.whatif import WhatIf, value_measures
    from memberships.selectors.whatif import what_if as curve
    from taxonomy.rules import Rule, parse
    from taxonomy.rules.thresholds import candidates, with_value
    from taxonomy.selectors import rule_catalogue

    catalogue = rule_catalogue()
    rules = [rule for text in texts[:60] if candidates(rule := parse(text, catalogue))][:20]
    measure = next(iter(value_measures(frozenset(catalogue))))
    found: dict[int, WhatIf] = {}

    def ours(number: int) -> None:
        rule = rules[number % len(rules)]
        found[number % len(rules)] = curve(rule, candidates(rule)[0].place, measure=measure)

    def counted(rule: Rule, answer: WhatIf) -> list[int]:
        return [preview(with_value(rule, answer.candidate.place, point.value)).count for point in answer.points]

    # The first look at an attribute also sorts it, once for each build; the median is of what a person meets.
    first = milliseconds(ours, len(rules))
    taken = milliseconds(ours, 60)
    theirs = milliseconds(lambda number: counted(rules[number % 3], found[number % 3]), 6)
    for number in range(3):
        sizes = [point.members for point in found[number].points]
        assert sizes == counted(rules[number], found[number]), f"previews count otherwise: {texts[number]}"
    return {
        "benchmark": "what_if_of_one_threshold",
        "points": round(median(len(answer.points) for answer in found.values())),
        **figures(taken),
        "slowest_first_look_ms": round(first[-1], 1),
        "peers": {"one_preview_for_each_point_ms": round(median(theirs), 1)},
        "times_faster_than_previews": round(median(theirs) / median(taken), 1),
    }
