"""Rules in the solver: every condition as a pair of formulas, that it is TRUE and that it is FALSE."""

from __future__ import annotations

from collections.abc import Mapping

from taxonomy.proofs.linked import ordered_formula
from taxonomy.proofs.possible import Possible
from taxonomy.proofs.shapes import TODAY, Asked, Both, Ordered, Shape
from taxonomy.proofs.solver import FALSE, TRUE, Formula, Script, conj, disj, neg
from taxonomy.proofs.vocabulary import Vocabulary
from taxonomy.rules import AttributeFacts
from taxonomy.rules.nodes import And, Condition, Constant, Contains, InSegment, IsNull, Not, Or


class Encoding:
    """The customers that are possible, and where conditions are TRUE and FALSE for them.

    Every condition must have been read by the vocabulary.
    """

    def __init__(self, vocabulary: Vocabulary, catalogue: Mapping[str, AttributeFacts], text_steps: int) -> None:
        self.vocabulary = vocabulary
        self.script = Script()
        self.possible = Possible(self.script, vocabulary, catalogue, text_steps)
        for name in vocabulary.free.values():
            self.script.truth(name)
        self.segments: dict[str, Formula] = {
            key: self.script.truth(f"s{number}") for key, number in vocabulary.other_segments.items()
        }
        for number, (key, rule) in enumerate(vocabulary.unfolded.items()):
            self.segments[key] = self.script.define(f"g{number}", self.true(rule.condition))

    @property
    def vague(self) -> list[str]:
        """The names of what the encoding does not look into: not every mixture of them need be possible."""
        return [*self.possible.vague, *self.vocabulary.free.values()]

    def true(self, condition: Condition) -> Formula:
        """That the condition is TRUE."""
        match condition:
            case And(parts):
                return conj([self.true(part) for part in parts])
            case Or(parts):
                return disj([self.true(part) for part in parts])
            case Not(part):
                return self.false(part)
            case _:
                return self._leaf(condition, True)

    def false(self, condition: Condition) -> Formula:
        """That the condition is FALSE, which is less than that it is not TRUE."""
        match condition:
            case And(parts):
                return disj([self.false(part) for part in parts])
            case Or(parts):
                return conj([self.false(part) for part in parts])
            case Not(part):
                return self.true(part)
            case _:
                return self._leaf(condition, False)

    def _leaf(self, condition: Condition, wanted: bool) -> Formula:
        match condition:
            case Constant(truth):
                return TRUE if truth is wanted else FALSE
            case IsNull(attribute, negated):
                missing = self.possible.missing[attribute.key]
                return missing if negated is not wanted else neg(missing)
            case InSegment(key):
                return self.segments[key] if wanted else neg(self.segments[key])
            case Contains(attribute, element):
                held = self.possible.elements[attribute.key, element]
                return conj((neg(self.possible.missing[attribute.key]), held if wanted else neg(held)))
            case _:
                return self._shape(self.vocabulary.shapes[condition], wanted)

    def _shape(self, shape: Shape, wanted: bool) -> Formula:
        if isinstance(shape, bool):
            return TRUE if shape is wanted else FALSE
        if isinstance(shape, Both):
            joined = conj if shape.holds is wanted else disj
            return joined([self._shape(part, shape.holds is wanted) for part in shape.parts])
        if isinstance(shape, Asked):
            keys: tuple[str, ...] = (shape.atom.key,)
            formula = self.possible.fields[shape.atom.key].holds(shape.atom)
            formula = formula if shape.holds else neg(formula)
        elif isinstance(shape, Ordered):
            keys = shape.keys
            formula = ordered_formula(shape, self.possible.numbers)
        else:
            keys, formula = shape.keys, self.vocabulary.free[shape]
        known = [neg(self.possible.missing[key]) for key in keys if key != TODAY]
        return conj((*known, formula if wanted else neg(formula)))
