"""The prover: claims about rules over all possible customers, answered within a budget of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from taxonomy.proofs.answers import Answer, Finding, Relation, Verdict, undecided
from taxonomy.rules import AttributeFacts, Rule

_NOT_YET = "The prover is not there yet."


class Regions(NamedTuple):
    """Which regions of a pair are known to be inhabited by real customers."""

    only_a: bool = False
    only_b: bool = False
    both: bool = False


class Prover:
    """Answers claims about rules; membership means TRUE, and a proof holds on every day.

    One prover per thread: it keeps the solver's context, and nothing outside itself. `catalogue` holds the declared
    facts to trust, `segments` the effective rules that IN_SEGMENT refers to; other segments are free.
    """

    def __init__(
        self,
        catalogue: Mapping[str, AttributeFacts],
        *,
        segments: Mapping[str, Rule] | None = None,
        budget_ms: int = 200,
    ) -> None:
        self.catalogue = catalogue
        self.segments = segments or {}
        self.budget_ms = budget_ms

    def never_true(self, rule: Rule) -> Answer:
        """Whether the rule is TRUE for nobody; refuted by somebody for whom it is."""
        return undecided(_NOT_YET)

    def always_true(self, rule: Rule) -> Answer:
        """Whether the rule is TRUE for everybody; refuted by somebody for whom it is not."""
        return undecided(_NOT_YET)

    def implies(self, a: Rule, b: Rule) -> Answer:
        """Whether every member of a is one of b; refuted by somebody in a and not in b."""
        return undecided(_NOT_YET)

    def disjoint(self, a: Rule, b: Rule) -> Answer:
        """Whether nobody is in both; refuted by somebody who is."""
        return undecided(_NOT_YET)

    def relation(self, a: Rule, b: Rule) -> Relation:
        """How a stands to b; both empty: equal, only a empty: narrower."""
        answer = undecided(_NOT_YET)
        return Relation(Verdict.UNDECIDED, None, answer, answer, answer, _NOT_YET)

    def relations(
        self, rules: Mapping[str, Rule], *, known_possible: Callable[[str, str], Regions] | None = None
    ) -> Iterator[tuple[tuple[str, str], Relation]]:
        """The relation of every pair, one by one, so that a caller can show progress.

        `known_possible(a, b)` names the regions in which real customers are: they are not searched for, and their
        answers are refuted without a witness.
        """
        for position, a in enumerate(rules):
            for b in list(rules)[position + 1 :]:
                yield (a, b), self.relation(rules[a], rules[b])

    def exclusive(self, rules: Mapping[str, Rule]) -> dict[tuple[str, str], Answer]:
        """For every pair whether nobody is in both."""
        return {pair: relation.both for pair, relation in self.relations(rules)}

    def covering(self, parent: Rule, children: Sequence[Rule]) -> Answer:
        """Whether every member of the parent is in a child; refuted by somebody in the parent and in no child."""
        return undecided(_NOT_YET)

    def findings(self, rule: Rule, *, within: Rule | None = None) -> list[Finding]:
        """What is wrong with the rule, or with it among the members of another (its parent); all of it proved."""
        return []
