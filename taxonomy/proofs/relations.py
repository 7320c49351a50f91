"""How rules stand to each other: equal, narrower, wider, disjoint or overlapping, one pair or all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from taxonomy.proofs.answers import PROVED, Answer, Relation, Verdict, Witness, undecided
from taxonomy.proofs.search import Search
from taxonomy.proofs.vocabulary import UnanswerableError
from taxonomy.rules import Rule

Examine = Callable[[Sequence[Rule]], Search]


class Regions(NamedTuple):
    """Which regions of a pair are known to be inhabited by real customers."""

    only_a: bool = False
    only_b: bool = False
    both: bool = False


KnownPossible = Callable[[str, str], Regions]
REAL = Answer(Verdict.REFUTED, reason="Real customers are there.")


def judged(only_a: Answer, only_b: Answer, both: Answer) -> Relation:
    """The relation that follows from the answers to "nobody is there" for the three regions."""
    kind = None
    if only_a.is_proved and not only_b.is_undecided:
        kind = "equal" if only_b.is_proved else "narrower"
    elif only_b.is_proved and only_a.is_refuted:
        kind = "wider"
    elif only_a.is_refuted and only_b.is_refuted and not both.is_undecided:
        kind = "disjoint" if both.is_proved else "overlapping"
    reason = next((answer.reason for answer in (only_a, only_b, both) if answer.is_undecided), "")
    if kind is None:
        return Relation(Verdict.UNDECIDED, None, only_a, only_b, both, reason)
    return Relation(Verdict.PROVED, kind, only_a, only_b, both)


def relation_of(examine: Examine, a: Rule, b: Rule) -> Relation:
    """How a stands to b."""
    try:
        search = examine([a, b])
    except UnanswerableError as refusal:
        answer = undecided(str(refusal))
        return judged(answer, answer, answer)
    both = search.nobody([0, 1])
    if a == b:
        return judged(PROVED, PROVED, both)
    return judged(search.nobody([0], [1]), search.nobody([1], [0]), both)


def nobody_in_both(examine: Examine, a: Rule, b: Rule) -> Answer:
    """The claim that nobody is in both."""
    try:
        return examine([a, b]).nobody([0, 1])
    except UnanswerableError as refusal:
        return undecided(str(refusal))


class Pool:
    """Many rules under examination at once. Every witness found for one pair is asked about all rules, and so answers
    most of the questions about other pairs before the solver is asked."""

    def __init__(self, examine: Examine, rules: Mapping[str, Rule]) -> None:
        self.examine = examine
        self.keys = list(rules)
        self.rules = list(rules.values())
        self.witnesses: list[Witness] = []
        # For each rule the witnesses in it, as bits.
        self.found = [0] * len(self.rules)
        self._reads: list[tuple[frozenset[str], frozenset[str]]] = []
        self._search: Search | None = None
        self._refusal = ""

    def nobody(self, inside: Sequence[int], outside: Sequence[int] = ()) -> Answer:
        """The claim that nobody is in all rules of `inside` and in none of `outside`."""
        known = self._known(inside, outside)
        if known is None:
            search = self._started()
            answer = search.nobody(inside, outside) if search else undecided(self._refusal)
            if search is None or answer.witness is None:
                return answer
            self._add(search, answer.witness)
            known = answer.witness
        return Answer(Verdict.REFUTED, self._narrowed(known, (*inside, *outside)))

    def restart(self) -> None:
        """Begin the budget of time anew."""
        if self._search is not None:
            self._search.start()

    def _known(self, inside: Sequence[int], outside: Sequence[int]) -> Witness | None:
        bits = (1 << len(self.witnesses)) - 1
        for place in inside:
            bits &= self.found[place]
        for place in outside:
            bits &= ~self.found[place]
        return self.witnesses[(bits & -bits).bit_length() - 1] if bits else None

    def _add(self, search: Search, witness: Witness) -> None:
        bit = 1 << len(self.witnesses)
        self.witnesses.append(witness)
        for place in range(len(self.rules)):
            if search.is_member(place, witness):
                self.found[place] |= bit

    def _narrowed(self, witness: Witness, places: Sequence[int]) -> Witness:
        """The witness with only what these rules read."""
        keys = sorted({key for place in places for key in self._reads[place][0]})
        segments = sorted({key for place in places for key in self._reads[place][1]})
        return Witness(
            {key: witness.attributes[key] for key in keys},
            witness.as_of,
            {key: witness.segments[key] for key in segments},
        )

    def _started(self) -> Search | None:
        if self._search is None and not self._refusal:
            try:
                self._search = self.examine(self.rules)
                # What is too involved here is asked again for the pair alone.
                self._search.tries = 1
                self._reads = [self._search.reads(place) for place in range(len(self.rules))]
            except UnanswerableError as refusal:
                self._refusal = str(refusal)
        return self._search


def relations_of(
    examine: Examine, rules: Mapping[str, Rule], known_possible: KnownPossible | None
) -> Iterator[tuple[tuple[str, str], Relation]]:
    """The relation of every pair, in order. What is not decided beside all others is asked again for the pair alone."""
    pool = Pool(examine, rules)
    for first, second in combinations(range(len(pool.rules)), 2):
        pair = (pool.keys[first], pool.keys[second])
        known = known_possible(*pair) if known_possible else Regions()
        pool.restart()
        is_same = pool.rules[first] == pool.rules[second]
        relation = judged(
            REAL if known.only_a else PROVED if is_same else pool.nobody([first], [second]),
            REAL if known.only_b else PROVED if is_same else pool.nobody([second], [first]),
            REAL if known.both else pool.nobody([first, second]),
        )
        if relation.verdict is Verdict.UNDECIDED:
            relation = relation_of(examine, pool.rules[first], pool.rules[second])
        yield pair, relation
