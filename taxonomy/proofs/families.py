"""Families of rules: whether the children of a parent exclude each other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from taxonomy.proofs.answers import Answer
from taxonomy.proofs.relations import Examine, Pool, nobody_in_both
from taxonomy.rules import Rule


def exclusive_answers(examine: Examine, rules: Mapping[str, Rule]) -> dict[tuple[str, str], Answer]:
    """For every pair, in order, the claim that nobody is in both."""
    pool = Pool(examine, rules)
    found: dict[tuple[str, str], Answer] = {}
    for first, second in combinations(range(len(pool.rules)), 2):
        pool.restart()
        answer = pool.nobody([first, second])
        if answer.is_undecided:
            answer = nobody_in_both(examine, pool.rules[first], pool.rules[second])
        found[pool.keys[first], pool.keys[second]] = answer
    return found
