"""What a set of rules asks, taken together: attributes with all their atoms, comparisons, sets and other segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from taxonomy.proofs.shapes import Asked, Atom, Both, Free, Ordered, Shape, shape_of
from taxonomy.rules import Rule
from taxonomy.rules.measures import attributes_of, walk
from taxonomy.rules.nodes import And as AndNode
from taxonomy.rules.nodes import Condition, Constant, Contains, InSegment, IsNull
from taxonomy.rules.nodes import Not as NotNode
from taxonomy.rules.nodes import Or as OrNode
from taxonomy.rules.types import AttributeType

MOST_CONDITIONS = 20_000


class UnanswerableError(Exception):
    """A question that the prover does not take on; its text says why, for people."""


class Vocabulary:
    """Everything that rules ask, with IN_SEGMENT unfolded where the segment's rule is known.

    Raises UnanswerableError where segments refer to each other in a circle, or where there is too much.
    """

    def __init__(self, rules: Iterable[Rule], segments: Mapping[str, Rule]) -> None:
        self.segments = segments
        self.types: dict[str, AttributeType] = {}
        self.atoms: dict[str, dict[Atom, int]] = {}
        self.ordered: dict[Ordered, None] = {}
        self.free: dict[Free, str] = {}
        self.elements: dict[str, dict[str, int]] = {}
        self.unfolded: dict[str, Rule] = {}
        self.other_segments: dict[str, int] = {}
        self.shapes: dict[Condition, Shape] = {}
        self._conditions = 0
        for rule in rules:
            self._read(rule.condition, ())

    def _read(self, condition: Condition, within: tuple[str, ...]) -> None:
        for node, _ in walk(condition):
            self._conditions += 1
            if self._conditions > MOST_CONDITIONS:
                raise UnanswerableError("There are too many conditions to be examined together.")
            for attribute in attributes_of(node):
                self.types[attribute.key] = attribute.type
                self.atoms.setdefault(attribute.key, {})
            if isinstance(node, InSegment):
                self._segment(node.key, within)
            elif isinstance(node, Contains):
                elements = self.elements.setdefault(node.attribute.key, {})
                elements.setdefault(node.value, len(elements))
            elif not isinstance(node, AndNode | OrNode | NotNode | Constant | IsNull) and node not in self.shapes:
                self.shapes[node] = shape_of(node)
                self._shape(self.shapes[node])

    def _segment(self, key: str, within: tuple[str, ...]) -> None:
        if key in within:
            circle = ", ".join((*within[within.index(key) :], key))
            raise UnanswerableError(f"Segments refer to each other in a circle: {circle}.")
        rule = self.segments.get(key)
        if rule is None:
            self.other_segments.setdefault(key, len(self.other_segments))
        elif key not in self.unfolded:
            self._read(rule.condition, (*within, key))
            # After what it refers to, so that each can be encoded by those before it.
            self.unfolded[key] = rule

    def _shape(self, shape: Shape) -> None:
        if isinstance(shape, Asked):
            if _has_nul(shape.atom):
                raise UnanswerableError("A value holds a character that no customer's text can hold.")
            atoms = self.atoms[shape.atom.key]
            atoms.setdefault(shape.atom, len(atoms))
        elif isinstance(shape, Ordered):
            self.ordered[shape] = None
        elif isinstance(shape, Free):
            self.free.setdefault(shape, f"f{len(self.free)}")
        elif isinstance(shape, Both):
            for part in shape.parts:
                self._shape(part)


def _has_nul(atom: Atom) -> bool:
    values = atom.value if atom.kind == "in" else (atom.value,)
    return any(isinstance(value, str) and "\x00" in value for value in values)
