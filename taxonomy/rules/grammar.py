"""Which term may follow which, and how deep and how long a rule may be: checked term by term, before any parsing."""

from __future__ import annotations

from collections.abc import Iterable

from taxonomy.rules.checking import Reference, closest
from taxonomy.rules.limits import LIMITS
from taxonomy.rules.scanning import Source
from taxonomy.rules.terms import Term

_CONDITION = "a condition"
_VALUE = "an attribute or a value"
_JOINT = "AND, OR or the end"
_STARTS = frozenset({"operand", "condition", "(", "not"})
_ENDS = frozenset({"and", "or", ")", "end"})
_OPERATORS = frozenset({"compare", "between", "in", "like", "is"})

# What may follow, and how a message names it.
_FOLLOWS: dict[str, tuple[frozenset[str], str]] = {
    "start": (_STARTS, _CONDITION),
    "(": (_STARTS, _CONDITION),
    "and": (_STARTS, _CONDITION),
    "or": (_STARTS, _CONDITION),
    "not": (_STARTS, _CONDITION),
    "operand": (_ENDS | _OPERATORS | {"not", ","}, "an operator such as =, IN or IS NULL, or AND or OR"),
    ")": (_ENDS | _OPERATORS | {"not", ","}, _JOINT),
    "condition": (_ENDS, _JOINT),
    "compare": (frozenset({"operand", "("}), _VALUE),
    "between": (frozenset({"operand", "("}), _VALUE),
    "like": (frozenset({"operand", "("}), "a pattern such as 'abc%'"),
    "in": (frozenset({"("}), "a list in parentheses"),
    "in (": (frozenset({"operand", "("}), "a value"),
    ",": (frozenset({"operand", "("}), "a value"),
    "is": (frozenset({"null", "not"}), "NULL or NOT NULL"),
    "is not": (frozenset({"null"}), "NULL"),
    "null": (_ENDS, _JOINT),
    "operand not": (frozenset({"between", "in", "like"}), "BETWEEN, IN or LIKE"),
}


_WORDS = frozenset({"and", "or", "not", "between", "in", "like", "is", "null"})


def check_shape(source: Source, terms: Iterable[Term]) -> None:
    """Refuse, at the first wrong term, what no rule can look like; and what is too deep or too long to be read."""
    shape = _Shape(source)
    for term in terms:
        shape.take(term)
    shape.take(Term("end", "the end", len(source.text)))


class _Shape:
    """The state of one walk over the terms."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.before = "start"
        self.last: Term | None = None
        self.open: list[tuple[Term, bool, int]] = []  # each open parenthesis: where, whether a list, levels it adds
        self.nots = 0
        self.depth = 0
        self.items = 0
        self.joints = 0
        self.operators = 0

    def take(self, term: Term) -> None:
        """Follow one term further."""
        allowed, expected = _FOLLOWS[self.before]
        if term.kind not in allowed:
            self._refuse(term, allowed, expected)
        self.last = term
        if term.kind == "(":
            self._open(term)
        elif term.kind in (")", "end"):
            self._close(term)
        elif term.kind == ",":
            self._next_item(term)
        elif term.kind == "not":
            self._negate(term)
        else:
            self._count(term)
            self.before = term.kind

    def _refuse(self, term: Term, allowed: frozenset[str], expected: str) -> None:
        if self.before == "in (" and term.kind == ")":
            self.source.refuse("empty_list", "The list after IN is empty; name at least one value.", term.start)
        if term.kind == "null":
            detail = "NULL cannot be compared or listed; write IS NULL or IS NOT NULL."
            self.source.refuse("null_comparison", detail, term.start)
        if term.kind == "end":
            self.source.refuse("syntax", f"The rule ends too early: {expected} is missing.", term.start)
        detail, word = f"Here stands {term.written}, but {expected} should.", self._meant_word(term, allowed)
        self.source.refuse("syntax", f"{detail} Did you mean {word}?" if word else detail, term.start, word)

    def _meant_word(self, term: Term, allowed: frozenset[str]) -> str | None:
        """The word of the language that a name in its place is like, or that the name before it is like."""
        if not _is_name(term):
            return None
        words = [word.upper() for word in sorted(allowed) if word.isalpha() and word in _WORDS]
        before = self.last if self.last is not None and _is_name(self.last) else None
        return closest(term.written.upper(), words) or (closest(before.written.upper(), ["NOT"]) if before else None)

    def _open(self, term: Term) -> None:
        is_list = self.before == "in"
        levels = self.nots + (not is_list)
        self.open.append((term, is_list, levels))
        self.depth += levels
        self.nots = 0
        self.items = 1 if is_list else self.items
        self._check_depth(term)
        self.before = "in (" if is_list else "("

    def _close(self, term: Term) -> None:
        if term.kind == ")" and not self.open:
            self.source.refuse("syntax", "This ) closes nothing.", term.start)
        if term.kind == "end" and self.open:
            self.source.refuse("syntax", "This ( is never closed.", self.open[-1][0].start)
        if self.open:
            self.depth -= self.open.pop()[2]
        self.nots = 0
        self.before = ")"

    def _next_item(self, term: Term) -> None:
        if not self.open or not self.open[-1][1]:
            self.source.refuse("syntax", "A comma stands only in the list after IN; write AND or OR.", term.start)
        self.items += 1
        if self.items > LIMITS.list_items:
            self.source.refuse("list_too_long", f"A list may hold at most {LIMITS.list_items} values.", term.start)
        self.before = ","

    def _negate(self, term: Term) -> None:
        if self.before == "is":
            self.before = "is not"
        elif self.before in ("operand", ")"):
            self.before = "operand not"
        else:
            self.nots += 1
            self._check_depth(term)
            self.before = "not"

    def _count(self, term: Term) -> None:
        if term.kind in ("operand", "condition"):
            self.nots = 0
        self.joints += (term.kind in ("and", "or")) - (term.kind == "between")
        self.operators += term.kind in _OPERATORS
        if self.joints >= LIMITS.nodes or self.operators > LIMITS.nodes:
            self.source.refuse("too_large", f"A rule may have at most {LIMITS.nodes} nodes.", term.start)

    def _check_depth(self, term: Term) -> None:
        if self.depth + self.nots > LIMITS.depth:
            self.source.refuse("too_deep", f"A rule may be nested at most {LIMITS.depth} levels deep.", term.start)


def _is_name(term: Term) -> bool:
    """Whether the term is a name that stands without quotes."""
    return term.draft is not None and isinstance(term.draft.content, Reference) and term.written.isidentifier()
