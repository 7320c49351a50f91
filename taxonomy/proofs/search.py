"""The search for a customer who is in some rules and not in others: nobody, somebody, or not decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice, product
from time import thread_time
from typing import Any

from taxonomy.proofs.answers import PROVED, Answer, Verdict, Witness, undecided
from taxonomy.proofs.encoding import Encoding
from taxonomy.proofs.plain import made_plain
from taxonomy.proofs.solver import Engine, Formula, Model, Script, conj, neg
from taxonomy.proofs.vocabulary import Vocabulary
from taxonomy.rules import AttributeFacts, Rule, attributes_used, matches, segments_used

_TEXT_STEPS_PER_MILLISECOND = 1_500
# On a busy machine the solver gets only a part of the time that passes on the wall.
_PATIENCE = 4
_MOST_TRIES = 4
_MOST_COMBINATIONS = 60
_VAGUE = "A LIKE pattern, or LOWER beside another attribute, is too involved to decide this."


class Search:
    """Some rules, encoded together and loaded once; every question is one of `nobody`.

    `prepare` may give names to more formulas before they are loaded.
    Raises UnanswerableError where there is too much, or segments refer to each other in a circle.
    """

    def __init__(
        self,
        engine: Engine,
        catalogue: Mapping[str, AttributeFacts],
        segments: Mapping[str, Rule],
        rules: Sequence[Rule],
        budget_ms: int,
        prepare: Callable[[Encoding], None] | None = None,
    ) -> None:
        self.rules = rules
        self.segments = segments
        self.budget_ms = budget_ms
        self.encoding = Encoding(Vocabulary(rules, segments), catalogue, budget_ms * _TEXT_STEPS_PER_MILLISECOND)
        self.members: list[Formula] = [
            self.encoding.script.define(f"r{number}", self.encoding.true(rule.condition))
            for number, rule in enumerate(rules)
        ]
        if prepare is not None:
            prepare(self.encoding)
        self.checker = engine.load(self.encoding.script, budget_ms)
        self.tries = _MOST_TRIES
        self._blocks = 0
        self.start()

    def start(self) -> None:
        """Begin the budget of time anew: for the next pair, say."""
        self._until = thread_time() + self.budget_ms / 1000

    def check(self, literals: Iterable[Formula]) -> bool | None:
        """Whether a customer is possible with these formulas; None where the budget ended first."""
        left = int((self._until - thread_time()) * 1000)
        if left < 1:
            return None
        # Setting the clock costs as much as a check: it is set anew only when much of the time is gone.
        return self.checker.check(literals, _PATIENCE * (self.budget_ms if 2 * left > self.budget_ms else left))

    def reads(self, place: int) -> tuple[frozenset[str], frozenset[str]]:
        """The attributes that a rule reads, also through other segments; and the segments whose rule was not given."""
        attributes: set[str] = set()
        asked: set[str] = set()
        seen: set[str] = set()
        waiting = [self.rules[place]]
        while waiting:
            rule = waiting.pop()
            attributes.update(attributes_used(rule))
            for key in segments_used(rule):
                asked.add(key)
                if key in self.segments and key not in seen:
                    seen.add(key)
                    waiting.append(self.segments[key])
        return frozenset(attributes), frozenset(asked - self.segments.keys())

    def nobody(self, inside: Sequence[int], outside: Sequence[int] = ()) -> Answer:
        """The claim that nobody is in all rules of `inside` and in none of `outside` (their positions)."""
        literals = [self.members[place] for place in inside] + [neg(self.members[place]) for place in outside]
        preferred = self.encoding.possible.preferred
        found = self.check([*literals, *preferred])
        is_vague, is_preferred = False, True
        for _ in range(self.tries):
            if found is False and preferred and is_preferred:
                is_preferred = False
                found = self.check(literals)
            if found is False:
                return undecided(_VAGUE) if is_vague else PROVED
            if found is None:
                return undecided(f"It was not decided within {self.budget_ms} milliseconds.")
            model = self.checker.model()
            witness = self._verified(self._witness(model), inside, outside)
            if witness is not None:
                fits = partial(self.fits, inside=inside, outside=outside)
                return Answer(Verdict.REFUTED, made_plain(witness, self.encoding.possible, fits))
            is_vague = True
            literals.append(self._block(model))
            found = self.check([*literals, *(preferred if is_preferred else ())])
        return undecided(_VAGUE)

    def is_member(self, place: int, witness: Witness) -> bool:
        """Whether the witness really is in the rule at this position."""
        return self._matches(self.rules[place], witness)

    def _matches(self, rule: Rule, witness: Witness) -> bool:
        def in_segment(key: str) -> bool:
            unfolded = self.segments.get(key)
            return witness.segments.get(key, False) if unfolded is None else self._matches(unfolded, witness)

        return matches(rule, witness.attributes, witness.as_of, segments=in_segment) is True

    def fits(self, witness: Witness, inside: Sequence[int], outside: Sequence[int]) -> bool:
        """Whether the rules really answer so for the witness, and its values keep to the declared facts."""
        return (
            all(self.is_member(place, witness) for place in inside)
            and not any(self.is_member(place, witness) for place in outside)
            and self.encoding.possible.allows(witness.attributes)
        )

    def _witness(self, model: Model) -> Witness:
        segments = {key: model.truth(name) for key, name in self._other_segments().items()}
        possible = self.encoding.possible
        return Witness(possible.attributes(model), possible.today(model), segments)

    def _other_segments(self) -> dict[str, Formula]:
        return {key: self.encoding.segments[key] for key in self.encoding.vocabulary.other_segments}

    def _verified(self, witness: Witness, inside: Sequence[int], outside: Sequence[int]) -> Witness | None:
        if self.fits(witness, inside, outside):
            return witness
        candidates = self._texts_to_try(witness)
        for values in islice(product(*candidates.values()), _MOST_COMBINATIONS):
            tried = replace(witness, attributes={**witness.attributes, **dict(zip(candidates, values, strict=True))})
            if self.fits(tried, inside, outside):
                return tried
        return None

    def _texts_to_try(self, witness: Witness) -> dict[str, list[Any]]:
        """Other texts for the attributes whose patterns the encoding did not look into."""
        vocabulary, possible = self.encoding.vocabulary, self.encoding.possible
        vague = {key for key, field in possible.fields.items() if field.vague}
        vague |= {key for free in vocabulary.free for key in free.keys}
        keys = [key for key in sorted(vague) if key in witness.attributes and witness.attributes[key] is not None]
        texts = {text: None for key in keys for text in (witness.attributes[key], *_written(vocabulary, key))}
        varied = {form: None for text in texts for form in (text, text.lower(), text.upper(), text.capitalize())}
        each = max(2, int(_MOST_COMBINATIONS ** (1 / len(keys)))) if keys else 0
        return {key: _fitting(possible.lines[key].choices, varied)[:each] for key in keys}

    def _block(self, model: Model) -> Formula:
        """A name under which the guesses of this model do not stand together again."""
        self._blocks += 1
        script = Script()
        block = script.truth(f"b{self._blocks}")
        guesses = [name if model.truth(name) else neg(name) for name in self.encoding.vague]
        script.require(f"(=> {block} {neg(conj(guesses))})")
        self.checker.require(script)
        return block


def _written(vocabulary: Vocabulary, key: str) -> list[str]:
    texts: dict[str, None] = {}
    for atom in vocabulary.atoms.get(key, {}):
        values = sorted(atom.value)[:4] if atom.kind == "in" else [atom.value]
        texts.update((value.replace("%", "").replace("_", "a"), None) for value in values if isinstance(value, str))
    return list(texts)


def _fitting(choices: frozenset[Any] | None, texts: Iterable[str]) -> list[Any]:
    return sorted(choices) if choices is not None else list(texts)
