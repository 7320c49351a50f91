"""The text of a rule cut into lexemes, each with its place; what cannot be part of a rule is refused here."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple, NoReturn

from taxonomy.rules.errors import Fault, Place, RuleError
from taxonomy.rules.limits import LIMITS
from taxonomy.rules.values import HIDDEN, shown

RESERVED = frozenset(
    ["AND", "OR", "NOT", "BETWEEN", "IN", "LIKE", "IS", "NULL", "TRUE", "FALSE", "CURRENT_DATE", "INTERVAL"]
)


class Lexeme(NamedTuple):
    """One word, name, text, number or sign. `text` is what it stands for, without quotes; offsets into the source."""

    kind: str
    text: str
    start: int
    end: int


# Possessive repetition: an unclosed quote fails in one pass.
_LEXEME = re.compile(
    r"""[ \t\r\n]*+(?:
    (?P<word>[A-Za-z_][A-Za-z0-9_]*+)
    |(?P<string>'(?:[^']|'')*+')
    |(?P<name>"(?:[^"]|"")*+")
    |(?P<number>(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?(?![A-Za-z0-9_.$]))
    |(?P<comment>--|/\*)
    |(?P<compare><>|!=|<=|>=|=|<|>)
    |(?P<sign>[(),+-]))""",
    re.VERBOSE,
)
UNREADABLE = frozenset({"unreadable", "comment"})
_SPACE = " \t\r\n"
_QUOTES = {"string": "'", "name": '"'}
_LINE_END = re.compile(r"\r\n|\r|\n")
_REASONS = {
    ";": "A rule is one condition; ; cannot end or separate anything in it.",
    "'": "This text is not closed: a ' is missing.",
    '"': 'This name is not closed: a " is missing.',
    "`": 'Odd names stand in double quotes, as in "home-department".',
    "[": "Lists stand in parentheses, as in x IN (1, 2).",
    ".": "Attributes stand alone, without a table or schema before them.",
    "*": "There is no arithmetic in rules; a derived number is an attribute of its own.",
    "/": "There is no arithmetic in rules; a derived number is an attribute of its own.",
    "%": "There is no arithmetic in rules; a derived number is an attribute of its own.",
    "^": "There is no arithmetic in rules; a derived number is an attribute of its own.",
    "|": "Texts cannot be joined in rules, and || is no OR: write OR.",
    "&": "& is not part of the rule language; write AND.",
    "!": "! is not part of the rule language; write NOT, or <> between two values.",
    ":": "Casts and parameters are not part of the rule language; write the value itself.",
    "$": "Parameters and dollar quotes are not part of the rule language; write the value itself, in single quotes.",
    "?": "Parameters are not part of the rule language; write the value itself.",
    "@": "Parameters are not part of the rule language; write the value itself.",
    "#": "# is not part of the rule language.",
    "{": "Templates are not part of the rule language.",
    "~": "Regular expressions are not part of the rule language; use LIKE.",
}


class Source:
    """The text of a rule, which knows line and column of each of its characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._line_starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def place(self, offset: int) -> Place:
        """Line and column, both from 1, columns in characters."""
        line = bisect_right(self._line_starts, offset)
        return Place(line=line, column=offset - self._line_starts[line - 1] + 1)

    def refuse(self, code: str, detail: str, offset: int, suggestion: str | None = None) -> NoReturn:
        """Refuse the rule for what stands at the offset."""
        raise RuleError([Fault(code, detail, self.place(offset), suggestion)])


def scan(text: str) -> tuple[Source, list[Lexeme]]:
    """Cut a text into lexemes, spaces left out, up to the first sign that the rule language does not have.

    That sign is the last lexeme, of the kind `unreadable` or `comment`, so that what is wrong before it is named first.
    Refuses too much text and no text. Time is linear in the text.
    """
    size = len(text) if len(text) > LIMITS.text_bytes else len(text.encode("utf-8", "surrogatepass"))
    source = Source(text if size <= LIMITS.text_bytes else "")
    if size > LIMITS.text_bytes:
        source.refuse("too_long", f"A rule may have at most {LIMITS.text_bytes // 1024} KiB of text.", 0)
    lexemes: list[Lexeme] = []
    position, end = 0, len(text.rstrip(_SPACE))
    while position < end:
        found = _LEXEME.match(text, position)
        if found is None:
            start = end - len(text[position:end].lstrip(_SPACE))
            lexemes.append(Lexeme("unreadable", text[start], start, start + 1))
            break
        kind = str(found.lastgroup)
        start, position = found.span(kind)
        written = found[kind]
        if kind in _QUOTES:
            mark = _QUOTES[kind]
            written = written[1:-1].replace(mark + mark, mark)
        lexemes.append(Lexeme(kind, written, start, position))
    if not lexemes:
        source.refuse("empty", "The rule is empty; write a condition, or TRUE for everyone.", 0)
    return source, lexemes


def place_of_segment(text: str, key: str) -> Place | None:
    """Where in the text of a rule IN_SEGMENT('key') first names the segment."""
    source, lexemes = scan(text)
    for word, opening, named in zip(lexemes, lexemes[1:], lexemes[2:], strict=False):
        if (word.text.upper(), opening.text, named.text) == ("IN_SEGMENT", "(", key):
            return source.place(named.start)
    return None


def refuse_unreadable(source: Source, lexeme: Lexeme) -> NoReturn:
    """Refuse the rule for a lexeme of the kind `unreadable` or `comment`."""
    offset, character = lexeme.start, lexeme.text
    if lexeme.kind == "comment":
        source.refuse("not_in_language", "Comments are not part of the rule language; remove this one.", offset)
    if character in _REASONS:
        source.refuse("syntax" if character in "'\"" else "not_in_language", _REASONS[character], offset)
    if character.isdigit() or (character == "." and source.text[offset + 1 : offset + 2].isdigit()):
        source.refuse("invalid_number", "This is not a number; write 12, 12.5 or 1.5e6.", offset)
    if HIDDEN.match(character) or character.isspace():
        source.refuse("invalid_character", f"Remove the invisible character U+{ord(character):04X}.", offset)
    if character.isalpha() or character == "_":
        start = offset
        while start and (source.text[start - 1].isalnum() or source.text[start - 1] == "_"):
            start -= 1
        found = re.match(r"\w+", source.text[start:])
        word = shown(found[0]) if found else character
        source.refuse("syntax", f'{word} is not a plain name; odd names stand in double quotes: "{word}".', start)
    source.refuse("not_in_language", f"{character} is not part of the rule language.", offset)
