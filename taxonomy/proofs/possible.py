"""The customers that are possible: every attribute in the solver with its declared facts, and back from a model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from taxonomy.proofs.classes import Classes, listed_classes, ordered_classes
from taxonomy.proofs.facts import declared_orders, related_keys
from taxonomy.proofs.fields import ClassField, Field, LinkedField
from taxonomy.proofs.lines import PLAIN_DAY, Line, line_of
from taxonomy.proofs.linked import Scale, groups, today_line
from taxonomy.proofs.shapes import TODAY, Atom, code, decode
from taxonomy.proofs.solver import FALSE, Formula, Model, Script, disj, neg
from taxonomy.proofs.texts import text_classes
from taxonomy.proofs.vocabulary import Vocabulary
from taxonomy.rules import AttributeFacts

_MOST_LISTED = 100_000


class Possible:
    """`missing` and `fields` of every attribute, `elements` of sets, `numbers` of attributes that are compared.

    `preferred` is what should hold in a witness where it can. `text_steps` limits the search for texts that answer in
    different ways to patterns.
    """

    def __init__(
        self, script: Script, vocabulary: Vocabulary, catalogue: Mapping[str, AttributeFacts], text_steps: int
    ) -> None:
        self.script = script
        self.vocabulary = vocabulary
        self.catalogue = catalogue
        self._text_steps = text_steps
        self.types = dict(vocabulary.types)
        for key in related_keys(catalogue, vocabulary.types, only_always_known=True):
            if key not in self.types:
                self.types[key] = catalogue[key].type
        self.orders = [pair for pair in declared_orders(catalogue) if all(map(self.facts, pair))]
        self._place = {key: number for number, key in enumerate(self.types)}
        self.lines = {key: line_of(type_, self.facts(key)) for key, type_ in self.types.items()}
        self.missing: dict[str, Formula] = {key: self._missing(key) for key in self.types}
        self.fields: dict[str, Field] = {}
        self.numbers: dict[str, str] = {}
        self.scales: list[tuple[Scale, list[str]]] = []
        self.elements: dict[tuple[str, str], Formula] = {}
        self.preferred: list[Formula] = []
        self._place_linked()
        self._place_classes()
        self._place_elements()

    @property
    def vague(self) -> list[str]:
        """The names of what the fields do not look into."""
        return [name for field in self.fields.values() for name in field.vague]

    def facts(self, key: str) -> AttributeFacts | None:
        """The declared facts of an attribute; those of another type than the rules were checked with are not used."""
        facts = self.catalogue.get(key)
        return facts if facts is not None and facts.type == self.types.get(key) else None

    def _missing(self, key: str) -> Formula:
        facts = self.facts(key)
        return FALSE if facts is not None and facts.is_always_known else self.script.truth(f"m{self._place[key]}")

    def _atoms(self, key: str) -> dict[Atom, int]:
        return self.vocabulary.atoms.get(key, {})

    # --- into the solver ----------------------------------------------------------------------------------------

    def _place_linked(self) -> None:
        links = [ordered.keys for ordered in self.vocabulary.ordered]
        for group in groups([*self.types, TODAY], [*links, *self.orders]):
            members = {key: today_line() if key == TODAY else self.lines[key] for key in group}
            scale = Scale(members, {key: list(self._atoms(key)) for key in group})
            self.scales.append((scale, group))
            for key in group:
                number = self._place.get(key, len(self._place))
                field = LinkedField(self.script, number, members[key], scale, self._atoms(key))
                self.numbers[key] = field.name
                self.fields[key] = field
        for later, earlier in self.orders:
            kept = f"(>= {self.numbers[later]} {self.numbers[earlier]})"
            self.script.require(disj((self.missing[later], self.missing[earlier], kept)))
        if TODAY in self.numbers:
            self.preferred.append(self.script.define("p_today", f"(= {self.numbers[TODAY]} {PLAIN_DAY})"))

    def _place_classes(self) -> None:
        for key, type_ in self.types.items():
            if key in self.fields or type_ == "set":
                continue
            atoms = self._atoms(key)
            classes = _classes(self.lines[key], list(atoms), self._text_steps)
            field = ClassField(self.script, self._place[key], classes, atoms)
            self.script.require(disj((self.missing[key], field.possible)))
            self.fields[key] = field
            if field.other != FALSE:
                self.preferred.append(neg(field.other))

    def _place_elements(self) -> None:
        for key, elements in self.vocabulary.elements.items():
            facts = self.facts(key)
            choices = facts.choices if facts is not None and facts.choices else None
            for element, number in elements.items():
                is_possible = choices is None or element in choices
                name = self.script.truth(f"e{self._place[key]}_{number}") if is_possible else FALSE
                self.elements[key, element] = name

    # --- and back -----------------------------------------------------------------------------------------------

    def attributes(self, model: Model) -> dict[str, Any]:
        """The values in a model of the attributes that the rules read; None is a missing value.

        Where the model leaves open what the value is (a pattern that was not looked into), it may not fit.
        """
        coded = self._linked_values(model)
        found: dict[str, Any] = {}
        for key, type_ in self.vocabulary.types.items():
            field = self.fields.get(key)
            if self.missing[key] != FALSE and model.truth(self.missing[key]):
                found[key] = None
            elif type_ == "set":
                held = (
                    element for element in self.vocabulary.elements.get(key, ()) if self._holds(model, key, element)
                )
                found[key] = frozenset(held)
            else:
                value = field.value(model) if isinstance(field, ClassField) else coded.get(key)
                found[key] = None if value is None else decode(type_, value)
        return found

    def today(self, model: Model) -> date:
        """What CURRENT_DATE is in a model."""
        return date.fromordinal(model.number(self.numbers[TODAY]) if TODAY in self.numbers else PLAIN_DAY)

    def allows(self, attributes: Mapping[str, Any]) -> bool:
        """Whether the values keep to the declared facts."""
        for key, value in attributes.items():
            if value is None and self.missing[key] == FALSE:
                return False
            if value is not None and not self.lines[key].allows(code(self.types[key], value)):
                return False
        known = [(attributes.get(later), attributes.get(earlier)) for later, earlier in self.orders]
        return all(later is None or earlier is None or later >= earlier for later, earlier in known)

    def _holds(self, model: Model, key: str, element: str) -> bool:
        return model.truth(self.elements[key, element])

    def _linked_values(self, model: Model) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for scale, group in self.scales:
            found |= scale.values({key: model.number(self.numbers[key]) for key in group})
        return found


def _classes(line: Line, atoms: list[Atom], text_steps: int) -> Classes:
    if line.choices is not None and len(line.choices) * len(atoms) <= _MOST_LISTED:
        return listed_classes(sorted(line.choices), atoms)
    if any(atom.is_opaque for atom in atoms):
        return text_classes(line, atoms, text_steps)
    return ordered_classes(line, atoms)
