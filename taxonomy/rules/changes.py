"""Which clauses changed between two rules, each in a sentence; order and manner of writing are no change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal as OneOf

from taxonomy.rules.change_words import (
    CUT,
    bound,
    joined_sentence,
    keys_read,
    one_sentence,
    pair_sentence,
    phrase,
    value_list,
)
from taxonomy.rules.nodes import (
    And,
    Compare,
    Condition,
    Constant,
    Contains,
    Flag,
    In,
    InSegment,
    IsNull,
    Like,
    Not,
    Or,
    Rule,
)
from taxonomy.rules.normal_form import canonical
from taxonomy.rules.types import Catalogue

Group = And | Or

ChangeKind = OneOf["added", "dropped", "boundary", "threshold", "values", "joined", "changed"]
# Beyond this many pairs of one subject, clauses are matched in the order in which they stand.
_MOST_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """What became of one clause: a sentence without capital and full stop, and the attributes that it speaks of.

    `old` and `new` are the clause in words on either side, empty where it does not stand.
    """

    kind: ChangeKind
    sentence: str
    attributes: tuple[str, ...]
    old: str
    new: str


def clause_changes(old: Rule, new: Rule, catalogue: Catalogue) -> tuple[ClauseChange, ...]:
    """What changed from `old` to `new`, clause by clause; nothing where they differ in order or writing alone."""
    before, after = canonical(old).condition, canonical(new).condition
    differ = _Differ(catalogue)
    # A rule that became one of several alternatives, or the reverse: whole alternatives came or went.
    if isinstance(before, And) and isinstance(after, Or) and before in after.conditions:
        return tuple(differ.between(Or, [before], list(after.conditions)))
    if isinstance(before, Or) and isinstance(after, And) and after in before.conditions:
        return tuple(differ.between(Or, list(before.conditions), [after]))
    return tuple(_regrouped(list(differ.between(And, _parts(before), _parts(after)))))


def is_same(old: Rule, new: Rule) -> bool:
    """Whether the two differ in order and writing alone, and so answer alike for everybody."""
    return canonical(old) == canonical(new)


class _Differ:
    """Matches what stands in one group with what stands in another and tells the rest."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def between(self, joiner: type[Group], old: list[Condition], new: list[Condition]) -> Iterator[ClauseChange]:
        """The changes from one list of parts to another, both joined by `joiner`."""
        _strike_equal(old, new)
        for before, after in _struck(old, new, _clause_pairs(old, new)):
            kind, sentence = pair_sentence(before, after, self.catalogue)
            yield self._change(kind, sentence, before, after)
        for before, after in _struck(old, new, _group_pairs(old, new)):
            yield from self.between(type(after), _inner(before), _inner(after))  # type: ignore[arg-type]
        yield from self._rejoined(joiner, old, new, is_split=True)
        yield from self._rejoined(joiner, new, old, is_split=False)
        for before, after in _struck(old, new, _unlike_pairs(old, new)):
            inner = type(after) if isinstance(after, And | Or) else type(before)
            yield from self.between(inner, _inner(before), _inner(after))  # type: ignore[arg-type]
        yield from (self._one(part, joiner, is_added=False) for part in old)
        yield from (self._one(part, joiner, is_added=True) for part in new)

    def _rejoined(
        self, joiner: type[Group], groups: list[Condition], parts: list[Condition], *, is_split: bool
    ) -> Iterator[ClauseChange]:
        """Groups on one side whose clauses stand by themselves on the other: the word between them changed."""
        for group in [each for each in groups if isinstance(each, And | Or)]:
            found = [part for part in parts if any(_is_akin(part, inner) for inner in group.conditions)]
            if len(found) < 2:
                continue
            groups.remove(group)
            for part in found:
                parts.remove(part)
            is_all = (joiner is And) == is_split
            sentence = joined_sentence(found, self.catalogue, is_all=is_all)
            whole = Or(tuple(found)) if joiner is And else And(tuple(found))
            yield self._change("joined", sentence, group if is_split else whole, whole if is_split else group)
            inner, apart = list(group.conditions), list(found)
            now: type[Group] = And if is_all else Or
            yield from self.between(now, inner, apart) if is_split else self.between(now, apart, inner)

    def _one(self, part: Condition, joiner: type[Group], *, is_added: bool) -> ClauseChange:
        sentence = one_sentence(part, self.catalogue, is_added=is_added, is_alternative=joiner is Or)
        return self._change(
            "added" if is_added else "dropped", sentence, None if is_added else part, part if is_added else None
        )

    def _change(self, kind: str, sentence: str, old: Condition | None, new: Condition | None) -> ClauseChange:
        keys = dict.fromkeys(key for side in (old, new) if side is not None for key in keys_read(side))
        before, after = ("" if side is None else phrase(side, self.catalogue) for side in (old, new))
        return ClauseChange(kind, sentence, tuple(keys), before, after)  # type: ignore[arg-type]


def _regrouped(changes: list[ClauseChange]) -> Iterator[ClauseChange]:
    """The changes where a clause that went from one place and came to another is told once."""
    gone = {change.old: change for change in changes if change.kind == "dropped"}
    come = {change.new: change for change in changes if change.kind == "added"}
    moved = {words for words in gone.keys() & come.keys() if not words.endswith(CUT)}
    for change in changes:
        if change is gone.get(change.old) and change.old in moved:
            sentence = f"“{change.old}” is grouped with other conditions than before"
            yield ClauseChange("joined", sentence, change.attributes, change.old, change.old)
        elif not (change is come.get(change.new) and change.new in moved):
            yield change


def _parts(condition: Condition) -> list[Condition]:
    """The conditions that must all hold; everyone is no condition at all."""
    if condition == Constant(True):
        return []
    return list(condition.conditions) if isinstance(condition, And) else [condition]


def _inner(condition: Condition) -> list[Condition]:
    return list(condition.conditions) if isinstance(condition, And | Or) else [condition]


def _strike_equal(old: list[Condition], new: list[Condition]) -> None:
    """Take what stands on both sides from both."""
    shared = set(old) & set(new)
    for side in (old, new):
        side[:] = [part for part in side if part not in shared]


def _struck(
    old: list[Condition], new: list[Condition], pairs: Sequence[tuple[int, int, int]]
) -> list[tuple[Condition, Condition]]:
    """The best pairs (score, place in old, place in new), each part in one of them; they are taken from both sides."""
    used_old: dict[int, int] = {}
    used_new: set[int] = set()
    for _, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if i not in used_old and j not in used_new:
            used_old[i] = j
            used_new.add(j)
    found = [(old[i], new[j]) for i, j in sorted(used_old.items())]
    old[:] = [part for place, part in enumerate(old) if place not in used_old]
    new[:] = [part for place, part in enumerate(new) if place not in used_new]
    return found


def _clause_pairs(old: Sequence[Condition], new: Sequence[Condition]) -> list[tuple[int, int, int]]:
    places: dict[str, tuple[list[int], list[int]]] = {}
    for side, parts in enumerate((old, new)):
        for place, part in enumerate(parts):
            if not isinstance(part, And | Or):
                places.setdefault(_subject(part), ([], []))[side].append(place)
    found: list[tuple[int, int, int]] = []
    for before, after in places.values():
        crowded = len(before) * len(after) > _MOST_PAIRS
        pairs = zip(before, after, strict=False) if crowded else product(before, after)
        found += [(score, i, j) for i, j in pairs if (score := _score(old[i], new[j]))]
    return found


def _group_pairs(old: Sequence[Condition], new: Sequence[Condition]) -> list[tuple[int, int, int]]:
    """Groups of one kind by what they share: equal clauses count most, then attributes."""
    before, after = ([_contents(i, part) for i, part in enumerate(side) if _is_group(part)] for side in (old, new))
    found = []
    for (i, kind, clauses, keys), (j, other_kind, other_clauses, other_keys) in product(before, after):
        score = 3 * len(clauses & other_clauses) + len(keys & other_keys)
        if score and kind is other_kind:
            found.append((score, i, j))
    return found


def _contents(place: int, group: Condition) -> tuple[int, type, frozenset[Condition], frozenset[str]]:
    return place, type(group), frozenset(_inner(group)), frozenset(keys_read(group))


def _is_group(part: Condition) -> bool:
    return isinstance(part, And | Or)


def _unlike_pairs(old: Sequence[Condition], new: Sequence[Condition]) -> list[tuple[int, int, int]]:
    """A clause on one side and a group on the other that holds a clause like it."""
    found = []
    for (i, before), (j, after) in product(enumerate(old), enumerate(new)):
        is_group = isinstance(before, And | Or)
        if is_group == isinstance(after, And | Or):
            continue
        clause, group = (after, before) if is_group else (before, after)
        score = max((_akin_score(clause, inner) for inner in _inner(group)), default=0)
        if score:
            found.append((score, i, j))
    return found


def _is_akin(part: Condition, other: Condition) -> bool:
    return _akin_score(part, other) > 0


def _akin_score(part: Condition, other: Condition) -> int:
    if part == other:
        return 9
    if isinstance(part, And | Or) or isinstance(other, And | Or) or _subject(part) != _subject(other):
        return 0
    return _score(part, other)


def _bare(condition: Condition) -> Condition:
    return condition.condition if isinstance(condition, Not) else condition


def _subject(condition: Condition) -> str:
    """What a canonical clause is about: its operand, and beside another attribute that one too."""
    bare = _bare(condition)
    match bare:
        case Compare(left, _, right):
            return repr(left) if bound(bare) or value_list(bare) else f"{left!r} beside {right!r}"
        case In() | Like():
            return repr(bare.operand)
        case IsNull() | Flag() | Contains():
            return repr(bare.attribute)
        case InSegment():
            return "segment"
        case _:
            return repr(bare)


def _score(old: Condition, new: Condition) -> int:
    """How well two clauses about one thing match: 0 not at all."""
    before, after = _bare(old), _bare(new)
    families = _family(before), _family(after)
    if "null" in families or "constant" in families:
        return 5 if families[0] == families[1] else 0
    if families[0] != families[1]:
        return 1
    if families[0] == "bound" and bound(before) != bound(after):
        return 2
    same_value = getattr(before, "right", before) == getattr(after, "right", after)
    return 5 if same_value else 4


def _family(condition: Condition) -> str:
    if isinstance(condition, IsNull):
        return "null"
    if isinstance(condition, Constant):
        return "constant"
    if bound(condition):
        return "bound"
    return "values" if value_list(condition) else type(condition).__name__
