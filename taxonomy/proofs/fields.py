"""How one attribute's value stands in the solver: as a class of values, or as a number beside those of others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from taxonomy.proofs.classes import Classes
from taxonomy.proofs.lines import Line
from taxonomy.proofs.linked import Scale
from taxonomy.proofs.shapes import Atom
from taxonomy.proofs.solver import FALSE, TRUE, Formula, Model, Script, conj, disj, neg

_MOST_EVALUATIONS = 20_000


class Field(Protocol):
    """An attribute in the solver. `vague` are names whose truth need not be possible together."""

    vague: list[str]

    def holds(self, atom: Atom) -> Formula:
        """That the atom holds, for an attribute that is known."""


class ClassField:
    """A class of values, numbered in order: `above_i` says that the number is larger than i.

    Where the classes are not complete there is one more, in which every atom may hold or not.
    """

    def __init__(self, script: Script, number: int, classes: Classes, atoms: Mapping[Atom, int]) -> None:
        self.classes = classes
        self.atoms = atoms
        last = len(classes.values) - 1
        self.above = [script.truth(f"a{number}_{place}") for place in range(last)]
        for before, after in zip(self.above, self.above[1:], strict=False):
            script.require(f"(=> {after} {before})")
        self.other = FALSE if classes.is_complete else script.truth(f"u{number}")
        self.guesses = [] if classes.is_complete else [script.truth(f"q{number}_{bit}") for bit in range(len(atoms))]
        self.vague = [] if classes.is_complete else [self.other, *self.guesses]
        self._formulas: dict[Atom, Formula] = {}

    @property
    def possible(self) -> Formula:
        """That there is any value at all."""
        return TRUE if self.classes.values or not self.classes.is_complete else FALSE

    def holds(self, atom: Atom) -> Formula:
        """That the atom holds for the class."""
        if atom in self._formulas:
            return self._formulas[atom]
        bit = self.atoms[atom]
        formula = disj(self._within(start, end) for start, end in self._runs(bit))
        if not self.classes.is_complete:
            formula = disj((conj((neg(self.other), formula)), conj((self.other, self.guesses[bit]))))
        self._formulas[atom] = formula
        return formula

    def value(self, model: Model) -> Any:
        """The plain value of the class in a model; None where it is the class of which none is known."""
        if model.truth(self.other) or not self.classes.values:
            return None
        return self.classes.values[bisect_left(self.above, True, key=lambda name: not model.truth(name))]

    def _runs(self, bit: int) -> Iterator[tuple[int, int]]:
        start = None
        for place, answers in enumerate(self.classes.answers):
            if answers >> bit & 1:
                start = place if start is None else start
            elif start is not None:
                yield start, place - 1
                start = None
        if start is not None:
            yield start, len(self.classes.answers) - 1

    def _within(self, start: int, end: int) -> Formula:
        at_least = TRUE if start == 0 else self.above[start - 1]
        return conj((at_least, TRUE if end == len(self.above) else neg(self.above[end])))


class LinkedField:
    """A number on the scale of a group. What the order of values does not decide is guessed, but not at points."""

    def __init__(self, script: Script, number: int, line: Line, scale: Scale, atoms: Mapping[Atom, int]) -> None:
        self.scale = scale
        self.name = script.number(f"x{number}")
        script.require(scale.possible(self.name, line))
        opaque = [atom for atom in atoms if atom.is_opaque]
        self.guesses = {atom: script.truth(f"q{number}_{atoms[atom]}") for atom in opaque}
        self.vague = list(self.guesses.values())
        if len(opaque) * len(scale.points) <= _MOST_EVALUATIONS:
            for atom, guess in self.guesses.items():
                for point in scale.points:
                    fact = guess if atom.holds(point) else neg(guess)
                    script.require(f"(=> (= {self.name} {scale.number(point)}) {fact})")

    def holds(self, atom: Atom) -> Formula:
        """That the atom holds for the number."""
        return self.guesses[atom] if atom.is_opaque else self.scale.holds(self.name, atom)
