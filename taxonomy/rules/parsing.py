"""Text to rule: the terms are joined by the precedence of SQL, and every condition is checked as it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn, cast

from taxonomy.rules.checking import Checker, Draft
from taxonomy.rules.errors import NOWHERE, Fault, RuleError
from taxonomy.rules.grammar import check_shape
from taxonomy.rules.measures import check_size
from taxonomy.rules.nodes import Condition, Operator, Rule, all_of, any_of, negation
from taxonomy.rules.scanning import Source, scan
from taxonomy.rules.terms import Gatherer, Term
from taxonomy.rules.types import Catalogue

_OPERATORS = frozenset({"compare", "between", "in", "like", "is", "not"})
_END = Term("end", "the end", 0)
Piece = Term | Condition


def parse(text: str, catalogue: Catalogue) -> Rule:
    """The rule that a text states over the attributes of a catalogue.

    Refuses with RuleError, whose errors name the construct and its line and column: what the language does not have,
    names and choices that the catalogue does not have, values that do not fit, and whatever is larger than LIMITS.
    """
    if not isinstance(text, str):
        raise RuleError([Fault("syntax", "A rule is a text.", NOWHERE)])
    source, lexemes = scan(text)
    checker = Checker(catalogue)
    gatherer = Gatherer(source, lexemes, checker)
    check_shape(source, gatherer.gather())
    condition = _Joiner(source, gatherer.terms, checker).whole()
    checker.finish()
    rule = Rule(condition)
    check_size(rule, source.place(0), written=len(source.text))
    return rule


class _Joiner:
    """Joins terms from left to right: OR binds weakest, then AND, then NOT, then the operators.

    A piece is a condition, or a term that is still to become one or the side of one. The depth is bounded, since the
    shape was checked before.
    """

    def __init__(self, source: Source, terms: Sequence[Term], checker: Checker) -> None:
        self.source = source
        self.terms = [*terms, _END]
        self.checker = checker
        self.position = 0
        self.readers: dict[str, Callable[[Draft], Condition]] = {
            "compare": self._compare,
            "between": self._between,
            "in": self._within,
            "like": self._like,
            "is": self._is_null,
        }

    def whole(self) -> Condition:
        """The condition that all terms state."""
        piece = self._any()
        if self.position < len(self.terms) - 1:
            self._refuse_shape()
        return self._condition(piece)

    def _any(self) -> Piece:
        piece = self._all()
        if self.terms[self.position].kind != "or":
            return piece
        parts = [self._condition(piece)]
        while self._takes("or"):
            parts.append(self._condition(self._all()))
        return any_of(parts)

    def _all(self) -> Piece:
        piece = self._not()
        if self.terms[self.position].kind != "and":
            return piece
        parts = [self._condition(piece)]
        while self._takes("and"):
            parts.append(self._condition(self._not()))
        return all_of(parts)

    def _not(self) -> Piece:
        if self._takes("not"):
            return negation(self._condition(self._not()))
        start = self.position
        piece = self._side()
        while self.terms[self.position].kind in _OPERATORS:
            piece = self._predicate(self._draft(piece, start))
        return piece

    def _predicate(self, left: Draft) -> Condition:
        """What an operator says of its left side."""
        negated = self._takes("not")
        reader = self.readers.get(self.terms[self.position].kind)
        if reader is None:
            self._refuse_shape()
        self.position += 1
        condition = reader(left)
        return negation(condition) if negated else condition

    def _side(self) -> Piece:
        """One operand or condition, or what stands in parentheses."""
        term = self.terms[self.position]
        if term.kind not in ("operand", "condition", "("):
            self._refuse_shape()
        self.position += 1
        if term.kind != "(":
            return term
        piece = self._any()
        if not self._takes(")"):
            self._refuse_shape()
        return piece

    def _value(self) -> Draft:
        start = self.position
        return self._draft(self._side(), start)

    def _item(self) -> Draft:
        """One of a list; whatever stands between two commas belongs to it, so that it is named as a whole."""
        start = self.position
        return self._draft(self._any(), start)

    # --- operators, after their own word ------------------------------------------------------------------------

    def _compare(self, left: Draft) -> Condition:
        written = self.terms[self.position - 1].written
        operator = cast(Operator, "<>" if written == "!=" else written)
        return self.checker.compare(left, operator, self._value())

    def _between(self, operand: Draft) -> Condition:
        low = self._value()
        if not self._takes("and"):
            self._refuse_shape()
        return self.checker.between(operand, low, self._value(), negated=False)

    def _within(self, operand: Draft) -> Condition:
        if not self._takes("("):
            self._refuse_shape()
        items = [self._item()]
        while self._takes(","):
            items.append(self._item())
        if not self._takes(")"):
            self._refuse_shape()
        return self.checker.within(operand, items, negated=False)

    def _like(self, operand: Draft) -> Condition:
        return self.checker.like(operand, self._value(), negated=False)

    def _is_null(self, operand: Draft) -> Condition:
        negated = self._takes("not")
        if not self._takes("null"):
            self._refuse_shape()
        return self.checker.is_null(operand, negated=negated)

    # --- pieces -------------------------------------------------------------------------------------------------

    def _takes(self, kind: str) -> bool:
        """Step over the next term if it is of this kind."""
        if self.terms[self.position].kind != kind:
            return False
        self.position += 1
        return True

    def _condition(self, piece: Piece) -> Condition:
        if not isinstance(piece, Term):
            return piece
        return piece.condition if piece.condition is not None else self.checker.alone(self._draft(piece, 0))

    def _draft(self, piece: Piece, start: int) -> Draft:
        """The piece as the side of a condition; `start` is where it begins."""
        if not isinstance(piece, Term):
            self._refuse_nested(start)
        if piece.draft is None:
            detail = f"{piece.written} is a condition; it cannot be compared. Use it alone, or with NOT before it."
            self.source.refuse("not_a_value", detail, piece.start)
        return piece.draft

    def _refuse_nested(self, start: int) -> NoReturn:
        term = next(term for term in self.terms[start:] if term.kind in ("operand", "condition"))
        detail = f"A condition cannot be compared like a value (near {term.written}); join with AND or OR."
        self.source.refuse("not_a_value", detail, term.start)

    def _refuse_shape(self) -> NoReturn:
        term = self.terms[min(self.position, len(self.terms) - 2)]
        detail = f"Near {term.written} the rule cannot be read; is a part such as the AND of BETWEEN missing?"
        self.source.refuse("syntax", detail, term.start)
