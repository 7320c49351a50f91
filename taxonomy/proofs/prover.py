"""The prover: claims about rules over all possible customers, answered within a budget of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from taxonomy.proofs.answers import Answer, Finding, Relation, undecided
from taxonomy.proofs.encoding import Encoding
from taxonomy.proofs.families import exclusive_answers
from taxonomy.proofs.findings import findings_of
from taxonomy.proofs.relations import KnownPossible, relation_of, relations_of
from taxonomy.proofs.search import Search
from taxonomy.proofs.solver import Engine
from taxonomy.proofs.vocabulary import UnanswerableError
from taxonomy.rules import Catalogue, Rule
from taxonomy.rules.types import facts_of


class Prover:
    """Answers claims about rules; membership means TRUE, and a proof holds on every day.

    One prover per thread: it keeps the solver's context, and nothing outside itself. `catalogue` holds the declared
    facts to trust (or types alone, where nothing is declared), `segments` the effective rules that IN_SEGMENT refers
    to; other segments are free. `budget_ms` is what one claim, or one pair, may take of the solver.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        segments: Mapping[str, Rule] | None = None,
        budget_ms: int = 200,
    ) -> None:
        self.catalogue = {key: facts for key in catalogue if (facts := facts_of(catalogue, key)) is not None}
        self.segments = segments or {}
        self.budget_ms = budget_ms
        self._engine = Engine()

    def never_true(self, rule: Rule) -> Answer:
        """Whether the rule is TRUE for nobody; refuted by somebody for whom it is."""
        return self._nobody([rule], [])

    def always_true(self, rule: Rule) -> Answer:
        """Whether the rule is TRUE for everybody; refuted by somebody for whom it is not."""
        return self._nobody([], [rule])

    def implies(self, a: Rule, b: Rule) -> Answer:
        """Whether every member of a is one of b; refuted by somebody in a and not in b."""
        return self._nobody([a], [b])

    def disjoint(self, a: Rule, b: Rule) -> Answer:
        """Whether nobody is in both; refuted by somebody who is."""
        return self._nobody([a, b], [])

    def relation(self, a: Rule, b: Rule) -> Relation:
        """How a stands to b; both empty: equal, only a empty: narrower."""
        return relation_of(self._search, a, b)

    def relations(
        self, rules: Mapping[str, Rule], *, known_possible: KnownPossible | None = None
    ) -> Iterator[tuple[tuple[str, str], Relation]]:
        """The relation of every pair in the order of `rules`, one by one, so that a caller can show progress.

        `known_possible(a, b)` names the regions in which real customers are: they are not searched for, and their
        answers are refuted without a witness.
        """
        return relations_of(self._search, rules, known_possible)

    def exclusive(self, rules: Mapping[str, Rule]) -> dict[tuple[str, str], Answer]:
        """For every pair whether nobody is in both; refuted by somebody who is."""
        return exclusive_answers(self._search, rules)

    def covering(self, parent: Rule, children: Sequence[Rule]) -> Answer:
        """Whether every member of the parent is in a child; refuted by somebody in the parent and in no child."""
        return self._nobody([parent], children)

    def findings(self, rule: Rule, *, within: Rule | None = None) -> list[Finding]:
        """What is wrong with the rule, or with it among the members of another (its parent); all of it proved.

        A rule that is plainly TRUE is meant so and is not found to be always true.
        """
        return findings_of(self._search, rule, within)

    def _search(self, rules: Sequence[Rule], prepare: Callable[[Encoding], None] | None = None) -> Search:
        if self.budget_ms <= 0:
            raise UnanswerableError("There was no time to decide it.")
        try:
            return Search(self._engine, self.catalogue, self.segments, rules, self.budget_ms, prepare)
        except RecursionError:
            raise UnanswerableError("The rules are nested too deeply to be examined together.") from None

    def _nobody(self, inside: Sequence[Rule], outside: Sequence[Rule]) -> Answer:
        try:
            search = self._search([*inside, *outside])
        except UnanswerableError as refusal:
            return undecided(str(refusal))
        return search.nobody(range(len(inside)), range(len(inside), len(inside) + len(outside)))
