"""Expressions of union, intersection and difference over segments: text, tree, and the members that they give."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from pyroaring import BitMap

from memberships.errors import BadExpression

# A key, or {"op": "union" | "intersection" | "difference", "of": [expression, ...]}; of a difference the first one
# stays and the others are taken away.
Expression: TypeAlias = str | dict[str, Any]

UNION, INTERSECTION, DIFFERENCE = "union", "intersection", "difference"
MOST_KEYS: Final = 100
MOST_DEPTH: Final = 20
MOST_CHARACTERS: Final = 8_000
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}\Z")
_TOKEN = re.compile(r'\s*(?:(?P<word>[A-Za-z0-9_-]+)|"(?P<quoted>[^"]*)"|(?P<sign>[()]))')
_WORDS: Final = frozenset({"and", "or", "not"})
_HOW = "Write keys of segments joined by AND, OR and AND NOT, like: vip AND NOT (churned OR dormant)."


def parsed(text: str) -> Expression:
    """The tree of a text. AND binds closer than OR; NOT stands behind AND alone. Raises BadExpression."""
    if len(text) > MOST_CHARACTERS:
        raise BadExpression(f"An expression has at most {MOST_CHARACTERS:,} characters.", pointer="/expression")
    return checked(_Reader(text).whole())


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0

    def whole(self) -> Expression:
        if not self._tokens:
            raise BadExpression(f"The expression is empty. {_HOW}", pointer="/expression")
        found = self._union(0)
        if self._next < len(self._tokens):
            raise self._fault("stands where AND, OR or the end is expected")
        return found

    def _union(self, depth: int) -> Expression:
        if depth > MOST_DEPTH:
            raise BadExpression(f"Brackets may be {MOST_DEPTH} deep.", pointer="/expression")
        parts = [self._intersection(depth)]
        while self._takes("or"):
            parts.append(self._intersection(depth))
        return parts[0] if len(parts) == 1 else {"op": UNION, "of": parts}

    def _intersection(self, depth: int) -> Expression:
        inside: list[Expression] = [self._one(depth)]
        without: list[Expression] = []
        while self._takes("and"):
            (without if self._takes("not") else inside).append(self._one(depth))
        found = inside[0] if len(inside) == 1 else {"op": INTERSECTION, "of": inside}
        return {"op": DIFFERENCE, "of": [found, *without]} if without else found

    def _one(self, depth: int) -> Expression:
        kind, word, _ = self._peek()
        if kind == "not":
            raise self._fault("needs something before it to take away from: write “a AND NOT b”")
        if kind == "key":
            self._next += 1
            return word
        if self._takes("("):
            found = self._union(depth + 1)
            if not self._takes(")"):
                raise self._fault("stands where a closing bracket is expected")
            return found
        raise self._fault("stands where a segment's key is expected")

    def _takes(self, kind: str) -> bool:
        if self._peek()[0] != kind:
            return False
        self._next += 1
        return True

    def _peek(self) -> tuple[str, str, int]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("end", "The end", 0)

    def _fault(self, what: str) -> BadExpression:
        kind, word, position = self._peek()
        named = f"“{word}” at character {position}" if kind != "end" else "The end"
        return BadExpression(f"{named} {what}. {_HOW}", pointer="/expression")


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, text, position from 1); a word in quotation marks is a key whatever it says."""
    position = 0
    rest = text.rstrip()
    while position < len(rest):
        match = _TOKEN.match(rest, position)
        if match is None:
            at = position + len(rest[position:]) - len(rest[position:].lstrip())
            raise BadExpression(
                f"“{rest[at]}” at character {at + 1} has no meaning here. {_HOW}", pointer="/expression"
            )
        word = match["word"]
        if match["sign"]:
            yield match["sign"], match["sign"], match.start("sign") + 1
        elif word is not None and word.lower() in _WORDS:
            yield word.lower(), word, match.start("word") + 1
        else:
            group = "word" if word is not None else "quoted"
            yield "key", match[group], match.start(group) + 1
        position = match.end()


def checked(tree: Any) -> Expression:
    """The tree, when it is one. Raises BadExpression; the keys are not looked up."""
    _check(tree, 0)
    if len(list(_keys(tree))) > MOST_KEYS:
        raise BadExpression(f"An expression names at most {MOST_KEYS} segments.", pointer="/expression")
    return tree  # type: ignore[no-any-return]


def _check(tree: Any, depth: int) -> None:
    if depth > 2 * MOST_DEPTH:
        raise BadExpression(f"An expression may be {MOST_DEPTH} deep.", pointer="/expression")
    if isinstance(tree, str):
        if not _KEY.match(tree):
            raise BadExpression(f"“{tree[:70]}” is not a segment's key. {_HOW}", pointer="/expression")
        return
    if not isinstance(tree, dict) or set(tree) != {"op", "of"}:
        raise BadExpression("A node is a segment's key, or an object of “op” and “of”.", pointer="/expression")
    parts = tree["of"]
    if tree["op"] not in (UNION, INTERSECTION, DIFFERENCE) or not isinstance(parts, list) or len(parts) < 2:
        raise BadExpression(
            "“op” is union, intersection or difference, and “of” a list of two or more.", pointer="/expression"
        )
    if len(parts) > MOST_KEYS:
        raise BadExpression(f"An expression names at most {MOST_KEYS} segments.", pointer="/expression")
    for part in parts:
        _check(part, depth + 1)


def _keys(tree: Expression) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
        return
    for part in tree["of"]:
        yield from _keys(part)


def keys_in(tree: Expression) -> list[str]:
    """The segments that the expression names, each once, in their order."""
    return list(dict.fromkeys(_keys(tree)))


def text_of(tree: Expression) -> str:
    """The expression as text; read again it gives the same tree but for brackets that say nothing."""
    return _text(tree, 0)


# How close a join binds: what binds looser than its surroundings stands in brackets.
_BINDS = {UNION: 1, INTERSECTION: 2, DIFFERENCE: 2}


def _text(tree: Expression, around: int) -> str:
    if isinstance(tree, str):
        return f'"{tree}"' if tree in _WORDS else tree
    op, parts = tree["op"], tree["of"]
    if op == DIFFERENCE:
        first, *others = parts
        # An intersection before AND NOT needs no brackets; anything else that is joined does.
        is_plain = isinstance(first, dict) and first["op"] == INTERSECTION
        said = " AND NOT ".join([_text(first, 2 if is_plain else 3), *(_text(each, 3) for each in others)])
    else:
        joiner = " OR " if op == UNION else " AND "
        said = joiner.join(_text(each, _BINDS[op] + 1) for each in parts)
    return f"({said})" if _BINDS[op] < around else said


def evaluated(tree: Expression, members: Mapping[str, BitMap]) -> BitMap:
    """Who the expression selects, by the members of each of its segments; a new bitmap, whatever it was made of."""
    if isinstance(tree, str):
        return members[tree].copy()
    found, *others = [evaluated(part, members) for part in tree["of"]]
    for other in others:
        if tree["op"] == UNION:
            found |= other
        elif tree["op"] == INTERSECTION:
            found &= other
        else:
            found -= other
    return found


def added(tree: Expression | None, join: str, key: str) -> Expression:
    """The expression with one more segment. `join`: and, or, not."""
    if tree is None:
        return key
    op = {"or": UNION, "not": DIFFERENCE}.get(join, INTERSECTION)
    if isinstance(tree, dict) and tree["op"] == DIFFERENCE and op == INTERSECTION:
        first, *others = tree["of"]
        return {"op": DIFFERENCE, "of": [added(first, join, key), *others]}
    if isinstance(tree, dict) and tree["op"] == op:
        return {"op": op, "of": [*tree["of"], key]}
    return {"op": op, "of": [tree, key]}


def parts_of(tree: Expression | None) -> list[tuple[str, Expression]]:
    """The expression as what stands beside each other on top: (and, or, not; part), the first with an empty word."""
    if tree is None:
        return []
    if isinstance(tree, str):
        return [("", tree)]
    if tree["op"] == DIFFERENCE:
        first, *others = tree["of"]
        is_plain = isinstance(first, dict) and first["op"] == INTERSECTION
        return [*(parts_of(first) if is_plain else [("", first)]), *(("not", other) for other in others)]
    word = "or" if tree["op"] == UNION else "and"
    return [("" if place == 0 else word, part) for place, part in enumerate(tree["of"])]


def without(tree: Expression | None, place: int) -> Expression | None:
    """The expression less its part at this place; nothing is left where there was but one to take away from."""
    parts = [part for position, part in enumerate(parts_of(tree)) if position != place]
    inside = [part for word, part in parts if word != "not"]
    taken = [part for word, part in parts if word == "not"]
    if not inside:
        return None
    is_union = isinstance(tree, dict) and tree["op"] == UNION
    found = inside[0] if len(inside) == 1 else {"op": UNION if is_union else INTERSECTION, "of": inside}
    return {"op": DIFFERENCE, "of": [found, *taken]} if taken else found
