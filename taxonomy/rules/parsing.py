"""Text to rule: the terms are joined by sqlglot's SQL grammar, and its tree is read by an allow-list into ours.

sqlglot is given the shape of the rule alone: each operand is an opaque number, so nothing that a person wrote
reaches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

from sqlglot import exp
from sqlglot.errors import ParseError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType

from taxonomy.rules.checking import Checker, Draft
from taxonomy.rules.errors import NOWHERE, Fault, RuleError
from taxonomy.rules.grammar import check_shape
from taxonomy.rules.measures import check_size
from taxonomy.rules.nodes import Condition, Operator, Rule, all_of, any_of, negation
from taxonomy.rules.scanning import Source, scan
from taxonomy.rules.terms import Gatherer, Term
from taxonomy.rules.types import Catalogue

_COMPARISONS: dict[str, TokenType] = {
    "=": TokenType.EQ,
    "<>": TokenType.NEQ,
    "!=": TokenType.NEQ,
    "<": TokenType.LT,
    "<=": TokenType.LTE,
    ">": TokenType.GT,
    ">=": TokenType.GTE,
}
_WORDS: dict[str, TokenType] = {
    "(": TokenType.L_PAREN,
    ")": TokenType.R_PAREN,
    ",": TokenType.COMMA,
    "and": TokenType.AND,
    "or": TokenType.OR,
    "not": TokenType.NOT,
    "between": TokenType.BETWEEN,
    "in": TokenType.IN,
    "like": TokenType.LIKE,
    "is": TokenType.IS,
    "null": TokenType.NULL,
}
_OPERATORS: dict[type[exp.Expr], Operator] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
# The node types of sqlglot that a rule may consist of, with every argument of theirs that may be set. An argument that
# is not read would change what the rule means in silence: NOT LIKE, for one, is an argument of Like.
_ALLOWED: dict[type[exp.Expr], frozenset[str]] = {
    **dict.fromkeys((exp.And, exp.Or, *_OPERATORS), frozenset({"this", "expression"})),
    exp.Not: frozenset({"this"}),
    exp.Paren: frozenset({"this"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.In: frozenset({"this", "expressions"}),
    exp.Like: frozenset({"this", "expression", "negate"}),
    exp.Is: frozenset({"this", "expression"}),
    exp.Null: frozenset(),
    exp.Column: frozenset({"this"}),
    exp.Identifier: frozenset({"this", "quoted"}),
}


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
    terms = gatherer.terms
    condition = _Reader(source, terms, checker).condition(_grammar(source, terms))
    checker.finish()
    rule = Rule(condition)
    check_size(rule, source.place(0))
    return rule


def _grammar(source: Source, terms: Sequence[Term]) -> exp.Expr:
    """The terms as sqlglot joins them: operands and whole conditions are names that count the terms."""
    tokens = [_token(index, term) for index, term in enumerate(terms)]
    try:
        found = Parser().parse_into(exp.Condition, tokens, " " * len(tokens))
    except ParseError as error:
        index = error.errors[0].get("col") if error.errors else None
        _refuse_shape(source, terms[min(index, len(terms) - 1) if isinstance(index, int) else 0])
    if len(found) != 1 or found[0] is None:
        _refuse_shape(source, terms[0])
    return found[0]


def _token(index: int, term: Term) -> Token:
    if term.kind == "compare":
        kind, text = _COMPARISONS[term.written], term.written
    elif term.kind in ("operand", "condition"):
        kind, text = TokenType.IDENTIFIER, str(index)
    else:
        kind, text = _WORDS[term.kind], term.kind.upper()
    return Token(kind, text, line=1, col=index, start=index, end=index)


def _refuse_shape(source: Source, term: Term) -> NoReturn:
    detail = f"Near {term.written} the rule cannot be read; is a part such as the AND of BETWEEN missing?"
    source.refuse("syntax", detail, term.start)


class _Reader:
    """Reads sqlglot's tree into conditions; depth is bounded, since the shape was checked before."""

    def __init__(self, source: Source, terms: Sequence[Term], checker: Checker) -> None:
        self.source = source
        self.terms = terms
        self.checker = checker
        self.readers: dict[type[exp.Expr], Callable[[exp.Expr], Condition]] = {
            exp.And: lambda node: all_of(map(self.condition, _chain(node, exp.And))),
            exp.Or: lambda node: any_of(map(self.condition, _chain(node, exp.Or))),
            exp.Not: lambda node: negation(self.condition(node.this)),
            exp.Paren: lambda node: self.condition(node.this),
            exp.Between: self._between,
            exp.In: self._within,
            exp.Like: self._like,
            exp.Is: self._is_null,
            exp.Column: self._alone,
            **dict.fromkeys(_OPERATORS, self._compare),
        }

    def condition(self, node: exp.Expr) -> Condition:
        """The condition that a node states."""
        reader = self.readers.get(type(node))
        if reader is None or not _is_plain(node):
            self._refuse(node)
        return reader(node)

    def _compare(self, node: exp.Expr) -> Condition:
        return self.checker.compare(
            self._operand(node.this), _OPERATORS[type(node)], self._operand(node.args["expression"])
        )

    def _between(self, node: exp.Expr) -> Condition:
        low, high = self._operand(node.args["low"]), self._operand(node.args["high"])
        return self.checker.between(self._operand(node.this), low, high, negated=False)

    def _within(self, node: exp.Expr) -> Condition:
        items = [self._operand(item) for item in node.expressions]
        return self.checker.within(self._operand(node.this), items, negated=False)

    def _like(self, node: exp.Expr) -> Condition:
        negated = bool(node.args.get("negate"))
        return self.checker.like(self._operand(node.this), self._operand(node.args["expression"]), negated)

    def _is_null(self, node: exp.Expr) -> Condition:
        if type(node.args["expression"]) is not exp.Null:
            self._refuse(node)
        return self.checker.is_null(self._operand(node.this), negated=False)

    def _alone(self, node: exp.Expr) -> Condition:
        term = self._term(node)
        if term.condition is not None:
            return term.condition
        return self.checker.alone(self._draft(term))

    def _operand(self, node: exp.Expr) -> Draft:
        while type(node) is exp.Paren:
            node = node.this
        if type(node) is not exp.Column or not _is_plain(node):
            self._refuse(node)
        return self._draft(self._term(node))

    def _draft(self, term: Term) -> Draft:
        if term.draft is None:
            detail = f"{term.written} is a condition; it cannot be compared. Use it alone, or with NOT before it."
            self.source.refuse("not_a_value", detail, term.start)
        return term.draft

    def _term(self, node: exp.Expr) -> Term:
        name = node.this
        if type(name) is not exp.Identifier or not _is_plain(name):
            self._refuse(node)
        return self.terms[int(name.this)]

    def _refuse(self, node: exp.Expr) -> NoReturn:
        start = next((int(name.this) for name in node.find_all(exp.Identifier, bfs=False)), 0)
        detail = f"A condition cannot be compared like a value (near {self.terms[start].written}); join with AND or OR."
        self.source.refuse("not_a_value", detail, self.terms[start].start)


def _chain(node: exp.Expr, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """The members of a chain of ANDs or ORs from left to right; sqlglot nests them to the left, hundreds deep."""
    members: list[exp.Expr] = []
    while type(node) is kind and _is_plain(node):
        members.append(node.args["expression"])
        node = node.this
    members.append(node)
    return reversed(members)


def _is_plain(node: exp.Expr) -> bool:
    """Whether no argument is set that this reader does not read."""
    allowed = _ALLOWED.get(type(node))
    return allowed is not None and all(not value or name in allowed for name, value in node.args.items())
