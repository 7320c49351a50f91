"""How all pairs of rules stand to each other, proved; against the solver with its own theories of texts and numbers."""

import random
from collections import Counter
from itertools import combinations
from time import perf_counter
from typing import Any

from bench import generated
from taxonomy.proofs import Prover, Regions, Relation
from taxonomy.proofs.shapes import code
from taxonomy.rules import AttributeFacts, Rule, parse
from taxonomy.rules.nodes import And, Between, Compare, Condition, Contains, Flag, In, IsNull, Like, Not, Or

SAMPLE = 40
PEER_TIMEOUT_MS = 2_000
Pair = tuple[str, str]


def catalogue() -> dict[str, AttributeFacts]:
    """The generated attributes with their choices."""
    choices = {key: tuple(names) for key, (_, names) in generated.CHOICES.items()}
    return {
        key: AttributeFacts(type_, choices=choices[key] if type_ == "enum" else ())  # type: ignore[arg-type]
        for key, (type_, _) in generated.attribute_kinds().items()
    }


def all_pairs(texts: list[str]) -> dict[str, Any]:
    """Every pair of rules, without evidence and with that of real customers; and a sample by the peer."""
    facts = catalogue()
    rules = {f"rule {number}": parse(text, facts) for number, text in enumerate(texts)}
    Prover(facts).relation(*list(rules.values())[:2])  # loads the solver
    began = perf_counter()
    ours = dict(Prover(facts).relations(rules))
    taken = perf_counter() - began

    def known(a: str, b: str) -> Regions:
        relation = ours[a, b]
        return Regions(*(answer.is_refuted for answer in (relation.only_a, relation.only_b, relation.both)))

    began = perf_counter()
    evidenced = dict(Prover(facts).relations(rules, known_possible=known))
    with_evidence = perf_counter() - began
    assert all(evidenced[pair].kind == ours[pair].kind for pair in ours), "Evidence changed an answer"
    some = random.Random(generated.SEED).sample(list(combinations(rules, 2)), min(SAMPLE, len(ours)))
    peer_taken, undecided = _peer(rules, facts, some, ours)
    per_pair = taken / len(ours)
    return {
        "benchmark": "relations_of_all_pairs",
        "rules": len(rules),
        "pairs": len(ours),
        "seconds": round(taken, 2),
        "seconds_with_evidence": round(with_evidence, 3),
        "kinds": dict(Counter(str(relation.kind) for relation in ours.values())),
        "peers": {
            "z3_own_theories": {
                "pairs": len(some),
                "ms_per_pair": round(peer_taken * 1000, 2),
                "undecided": undecided,
                "extrapolated_seconds": round(peer_taken * len(ours), 1),
            }
        },
        "times_faster_than_z3_own_theories": round(peer_taken / per_pair, 1),
    }


def _peer(
    rules: dict[str, Rule], facts: dict[str, AttributeFacts], pairs: list[Pair], ours: dict[Pair, Relation]
) -> tuple[float, int]:
    """Seconds for a pair, and how many questions were not decided; the others must be answered as ours are."""
    import z3

    peer = _Theories(z3, facts)
    members = {key: peer.member(number, rule) for number, (key, rule) in enumerate(rules.items())}
    undecided = 0
    began = perf_counter()
    for a, b in pairs:
        questions = ((members[a], z3.Not(members[b])), (members[b], z3.Not(members[a])), (members[a], members[b]))
        relation = ours[a, b]
        for question, answer in zip(questions, (relation.only_a, relation.only_b, relation.both), strict=True):
            found = peer.solver.check(*question)
            undecided += found == z3.unknown
            assert found == z3.unknown or (found == z3.unsat) == answer.is_proved, (a, b)
    return (perf_counter() - began) / len(pairs), undecided


class _Theories:
    """The same rules in the solver's own sorts: reals, strings, whole numbers for days; and what is missing."""

    def __init__(self, z3: Any, facts: dict[str, AttributeFacts]) -> None:
        self.z3 = z3
        self.solver = z3.Solver()
        self.solver.set("timeout", PEER_TIMEOUT_MS)
        sorts = {"number": z3.Real, "text": z3.String, "enum": z3.String, "boolean": z3.Bool}
        self.values = {key: sorts.get(fact.type, z3.Int)(f"value {key}") for key, fact in facts.items()}
        self.missing = {key: z3.Bool(f"missing {key}") for key in facts}
        for key, fact in facts.items():
            if fact.type == "enum":
                self.solver.add(z3.Or([self.values[key] == z3.StringVal(choice) for choice in fact.choices or ()]))

    def member(self, number: int, rule: Rule) -> Any:
        """A name that is true exactly for the members."""
        name = self.z3.Bool(f"member {number}")
        self.solver.add(name == self._truth(rule.condition, True))
        return name

    def _truth(self, condition: Condition, wanted: bool) -> Any:
        """That the condition is TRUE, or that it is FALSE."""
        z3 = self.z3
        if isinstance(condition, And | Or):
            joined = z3.And if isinstance(condition, And) is wanted else z3.Or
            return joined([self._truth(part, wanted) for part in condition.conditions])
        if isinstance(condition, Not):
            return self._truth(condition.condition, not wanted)
        if isinstance(condition, IsNull):
            return self.missing[condition.attribute.key] == z3.BoolVal(condition.negated is not wanted)
        key, holds = self._question(condition)
        return z3.And(z3.Not(self.missing[key]), holds if wanted else z3.Not(holds))

    def _question(self, condition: Condition) -> tuple[str, Any]:
        z3: Any = self.z3
        negated = getattr(condition, "negated", False)
        match condition:
            case Flag(attribute):
                key, holds = attribute.key, self.values[attribute.key]
            case Contains(attribute, element):
                key, holds = attribute.key, z3.Bool(f"element {attribute.key} {element}")
            case In(attribute, values):
                key = attribute.key  # type: ignore[union-attr]
                holds = z3.Or([self._compared(attribute, "=", value) for value in values])
            case Like(attribute, pattern):
                key = attribute.key  # type: ignore[union-attr]
                holds = z3.PrefixOf(z3.StringVal(pattern[:-1]), self.values[key])
            case Between(attribute, low, high):
                key = attribute.key  # type: ignore[union-attr]
                ends = ((">=", low.value), ("<=", high.value))  # type: ignore[union-attr]
                holds = z3.And([self._compared(attribute, sign, value) for sign, value in ends])
            case Compare(attribute, sign, literal):
                key = attribute.key  # type: ignore[union-attr]
                holds = self._compared(attribute, sign, literal.value)  # type: ignore[union-attr]
            case _:
                raise TypeError(f"The generated rules hold no {type(condition).__name__}.")
        return key, z3.Not(holds) if negated else holds

    def _compared(self, attribute: Any, sign: str, value: Any) -> Any:
        left = self.values[attribute.key]
        right = self.z3.StringVal(value) if isinstance(value, str) else code(attribute.type, value)
        return {
            "=": lambda: left == right,
            "<>": lambda: left != right,
            "<": lambda: left < right,
            "<=": lambda: left <= right,
            ">": lambda: left > right,
            ">=": lambda: left >= right,
        }[sign]()
