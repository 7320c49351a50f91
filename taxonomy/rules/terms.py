"""Lexemes gathered into terms: whole operands and whole function calls, and the words and signs between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taxonomy.rules.checking import Checker, Draft, Reference, closest, read_text
from taxonomy.rules.errors import Place
from taxonomy.rules.nodes import Condition, Literal, RelativeDate
from taxonomy.rules.scanning import RESERVED, UNREADABLE, Lexeme, Source, refuse_unreadable
from taxonomy.rules.types import LiteralType
from taxonomy.rules.values import date_of, days_of, number_of, shown, timestamp_of

NAMES_OF_FUNCTIONS = ("LOWER", "CONTAINS", "IN_SEGMENT")
FUNCTIONS = "The functions of the rule language are LOWER, CONTAINS and IN_SEGMENT."
_NO_ARITHMETIC = "There is no arithmetic in rules; a derived number is an attribute of its own."
_RELATIVE = "Write CURRENT_DATE - INTERVAL '90' DAY."
_FOREIGN = {
    **dict.fromkeys(
        ["SELECT", "FROM", "WHERE", "UNION", "EXISTS", "ANY", "ALL", "SOME", "WITH", "VALUES", "HAVING", "LIMIT"],
        "There are no sub-selects in rules.",
    ),
    **dict.fromkeys(["INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "CREATE"], "A rule only states a condition."),
    **dict.fromkeys(["CASE", "WHEN", "THEN", "ELSE", "END", "IF"], "Join conditions with AND, OR and NOT."),
    **dict.fromkeys(["CAST", "COLLATE", "ARRAY", "ROW", "OPERATOR"], "Values are used in the type that they have."),
    **dict.fromkeys(["ILIKE", "SIMILAR", "RLIKE", "REGEXP", "GLOB"], "Use LIKE; LOWER(x) LIKE 'abc%' ignores case."),
    **dict.fromkeys(["DIV", "MOD"], _NO_ARITHMETIC),
    **dict.fromkeys(["CURRENT_TIMESTAMP", "CURRENT_TIME", "LOCALTIME", "NOW"], _RELATIVE),
    **dict.fromkeys(["ISNULL", "NOTNULL", "UNKNOWN"], "Write IS NULL or IS NOT NULL."),
    "DISTINCT": "Use = or <>, and IS NULL for missing values.",
    "ESCAPE": "In a pattern a backslash escapes % and _.",
    "XOR": "Join conditions with AND, OR and NOT.",
}


@dataclass(frozen=True, slots=True)
class Term:
    """An operand (`draft`), a whole condition (`condition`), or a word or sign named by `kind`."""

    kind: str
    written: str
    start: int
    draft: Draft | None = None
    condition: Condition | None = None


class Gatherer:
    """Reads lexemes from left to right and makes terms of them."""

    def __init__(self, source: Source, lexemes: Sequence[Lexeme], checker: Checker) -> None:
        self.source = source
        self.lexemes = lexemes
        self.checker = checker
        self.position = 0
        self.terms: list[Term] = []

    def gather(self) -> Iterator[Term]:
        """All terms of the rule, each as soon as it is read."""
        while self.position < len(self.lexemes):
            self.position += 1
            self._read(self.lexemes[self.position - 1])
            yield self.terms[-1]

    def _read(self, lexeme: Lexeme) -> None:
        if lexeme.kind == "word":
            self._word(lexeme)
        elif lexeme.kind == "name":
            self._operand(lexeme, Reference(lexeme.text), shown(lexeme.text))
        elif lexeme.kind == "string":
            place = self.source.place(lexeme.start)
            self._operand(lexeme, read_text(self.checker, lexeme.text, place), f"'{shown(lexeme.text, 30)}'")
        elif lexeme.kind == "number":
            self._number(lexeme, lexeme.text)
        elif lexeme.kind in UNREADABLE:
            refuse_unreadable(self.source, lexeme)
        elif lexeme.kind == "compare":
            self.terms.append(Term("compare", lexeme.text, lexeme.start))
        else:
            self._sign(lexeme)

    def _next_is(self, kind: str) -> bool:
        """Whether the next lexeme is of this kind, or is this sign."""
        if self.position >= len(self.lexemes):
            return False
        lexeme = self.lexemes[self.position]
        return kind == (lexeme.text if lexeme.kind == "sign" else lexeme.kind)

    def _operand(self, lexeme: Lexeme, content: Reference | Literal | RelativeDate, written: str) -> None:
        draft = Draft(content, self.source.place(lexeme.start))
        self.terms.append(Term("operand", written, lexeme.start, draft=draft))

    def _number(self, lexeme: Lexeme, written: str) -> None:
        value = self.checker.attempt(number_of, written, self.source.place(lexeme.start))
        self._operand(lexeme, Literal("number", 0 if value is None else value), written)

    def _sign(self, lexeme: Lexeme) -> None:
        if lexeme.text in "(),":
            self.terms.append(Term(lexeme.text, lexeme.text, lexeme.start))
        elif lexeme.text == "-" and self._next_is("number") and not self._after_value():
            self._number(lexeme, "-" + self.lexemes[self.position].text)
            self.position += 1
        else:
            self._refuse_arithmetic(lexeme)

    def _after_value(self) -> bool:
        return bool(self.terms) and self.terms[-1].kind in ("operand", "condition", ")")

    def _refuse_arithmetic(self, lexeme: Lexeme) -> None:
        before = self.lexemes[self.position - 2] if self.position > 1 else None
        after = self.lexemes[self.position] if self.position < len(self.lexemes) else None
        joined = f"{before.text}{lexeme.text}{after.text}" if before and after else ""
        if joined in self.checker.catalogue:
            detail = f'{_NO_ARITHMETIC} If you mean the attribute {joined}, write "{joined}" in double quotes.'
            self.source.refuse("not_in_language", detail, lexeme.start, f'"{joined}"')
        self.source.refuse("not_in_language", _NO_ARITHMETIC, lexeme.start)

    def _word(self, lexeme: Lexeme) -> None:
        upper = lexeme.text.upper()
        if upper in ("TRUE", "FALSE"):
            self._operand(lexeme, Literal("boolean", upper == "TRUE"), upper)
        elif upper == "CURRENT_DATE":
            self._operand(lexeme, RelativeDate(self._days_back()), upper)
        elif upper == "INTERVAL":
            self.source.refuse("syntax", f"INTERVAL stands only after CURRENT_DATE. {_RELATIVE}", lexeme.start)
        elif upper in RESERVED:
            self.terms.append(Term(upper.lower(), upper, lexeme.start))
        elif upper in ("DATE", "TIMESTAMP") and self._next_is("string"):
            self._dated(lexeme, "date" if upper == "DATE" else "timestamp")
        elif self._next_is("("):
            self._call(lexeme, upper)
        elif upper in _FOREIGN and lexeme.text not in self.checker.catalogue:
            detail = f"{upper} is not part of the rule language. {_FOREIGN[upper]}"
            self.source.refuse("not_in_language", detail, lexeme.start)
        else:
            self._operand(lexeme, Reference(lexeme.text), shown(lexeme.text))

    def _dated(self, lexeme: Lexeme, type_: LiteralType) -> None:
        written, place = self.lexemes[self.position].text, self.source.place(lexeme.start)
        self.position += 1
        value = self.checker.attempt(date_of if type_ == "date" else timestamp_of, written, place)
        literal = Literal(type_, written if value is None else value)
        self._operand(lexeme, literal, f"{type_.upper()} '{shown(written)}'")

    def _days_back(self) -> int:
        if not self._next_is("-") and not self._next_is("+"):
            return 0
        sign, *rest = self.lexemes[self.position : self.position + 4]
        well_formed = [part.kind for part in rest] == ["word", "string", "word"] and (
            rest[0].text.upper() == "INTERVAL" and rest[2].text.upper() == "DAY"
        )
        if sign.text == "+" or not well_formed:
            detail = f"Only whole days can be taken from CURRENT_DATE. {_RELATIVE}"
            self.source.refuse("not_in_language", detail, sign.start)
        self.position += 4
        return self.checker.attempt(days_of, rest[1].text, self.source.place(rest[1].start)) or 0

    def _call(self, lexeme: Lexeme, upper: str) -> None:
        if upper == "LOWER":
            argument = self._arguments(lexeme, "LOWER(attribute)", ("word", "name"))[0]
            self._operand(lexeme, Reference(argument.text, lowered=True), f"LOWER({shown(argument.text)})")
        elif upper == "CONTAINS":
            subject, value = self._arguments(lexeme, "CONTAINS(attribute, 'text')", ("word", "name"), ("string",))
            text = read_text(self.checker, value.text, self._place(value))
            condition = self.checker.contains(
                Draft(Reference(subject.text), self._place(subject)), Draft(text, self._place(value))
            )
            self.terms.append(Term("condition", "CONTAINS(...)", lexeme.start, condition=condition))
        elif upper == "IN_SEGMENT":
            key = self._arguments(lexeme, "IN_SEGMENT('key')", ("string",))[0]
            condition = self.checker.in_segment(key.text, self._place(key))
            self.terms.append(Term("condition", "IN_SEGMENT(...)", lexeme.start, condition=condition))
        else:
            name = shown(lexeme.text)
            hint = f" {_FOREIGN[upper]}" if upper in _FOREIGN else ""
            close = closest(upper, NAMES_OF_FUNCTIONS)
            meant = f" Did you mean {close}?" if close else f"{hint} {FUNCTIONS}"
            detail = f"{name}(...) is not part of the rule language.{meant}"
            self.source.refuse("not_in_language", detail, lexeme.start, close)

    def _arguments(self, function: Lexeme, form: str, *allowed: tuple[str, ...]) -> list[Lexeme]:
        """The arguments of a call whose name has just been read, each of the allowed kinds."""
        found: list[Lexeme] = []
        self.position += 1
        for kinds in allowed:
            argument = self._step(function, form)
            if argument.kind not in kinds or (argument.kind == "word" and argument.text.upper() in RESERVED):
                self.source.refuse("syntax", f"Write {form}.", argument.start)
            closing = self._step(function, form)
            if closing.text != (")" if len(found) == len(allowed) - 1 else ",") or closing.kind != "sign":
                self.source.refuse("syntax", f"Write {form}.", closing.start)
            found.append(argument)
        return found

    def _step(self, function: Lexeme, form: str) -> Lexeme:
        if self.position >= len(self.lexemes):
            self.source.refuse("syntax", f"This call is not complete. Write {form}.", function.start)
        self.position += 1
        lexeme = self.lexemes[self.position - 1]
        if lexeme.kind in UNREADABLE:
            refuse_unreadable(self.source, lexeme)
        return lexeme

    def _place(self, lexeme: Lexeme) -> Place:
        return self.source.place(lexeme.start)
