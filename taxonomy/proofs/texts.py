"""The classes of texts under patterns and LOWER: every reachable mixture of answers, each with a text that has it."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain

from taxonomy.proofs.classes import Cells, Classes
from taxonomy.proofs.lines import Line
from taxonomy.proofs.shapes import Atom
from taxonomy.rules.patterns import read_pattern
from taxonomy.rules.values import lower_case

# Letters in the order in which people would like to meet them.
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "
_PLAIN_WORDS = ("a", "b", "Other")
_MOST_POINTS = 5_000
_SIGMAS = frozenset("σς")
_CAPITAL_SIGMA = "Σ"
_SURROGATES = range(0xD800, 0xE000)
_LAST_CASED = 0x20000


@dataclass(slots=True)
class _Order:
    """Where a text stands among points, read character by character: the text itself while it may still be or begin a
    point, then the number of its cell, which nothing that follows can change."""

    cells: Cells
    following: dict[str, set[str]] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers = self.cells.answers()
        for point in self.cells.points:
            self.following.setdefault(point, set())
            for size, character in enumerate(point):
                self.following.setdefault(point[:size], set()).add(character)

    def start(self) -> str | int:
        return "" if self.following else 0

    def step(self, state: str | int, characters: str) -> str | int:
        for character in characters:
            if isinstance(state, int):
                return state
            longer = state + character
            state = longer if longer in self.following else self.cells.at(longer)
        return state

    def answer(self, state: str | int) -> int:
        return self.answers[state if isinstance(state, int) else self.cells.at(state)]


class _Matching:
    """A pattern read character by character: the set of its places that the text may have reached, as bits."""

    def __init__(self, atom: Atom, bit: int) -> None:
        self.lowered = atom.lowered
        self.bit = bit
        pieces = read_pattern(atom.value).pieces
        self.taken: dict[str, int] = {}
        self.any_character = self.stays = place = 0
        for number, piece in enumerate(pieces):
            if number:
                self.stays |= 1 << place
            for character in piece:
                if character is None:
                    self.any_character |= 1 << place
                else:
                    self.taken[character] = self.taken.get(character, 0) | 1 << place
                place += 1
        self.end = 1 << place

    def step(self, state: int, characters: str) -> int:
        for character in characters:
            moving = state & (self.any_character | self.taken.get(character, 0))
            state = (state & self.stays) | moving << 1
        return state

    def answer(self, state: int) -> int:
        return 1 << self.bit if state & self.end else 0


_State = tuple[str | int, str | int, tuple[int, ...]]


def text_classes(line: Line, atoms: Sequence[Atom], most_steps: int) -> Classes:
    """The classes of a text attribute, found by reading texts character by character until nothing new turns up.

    Characters that no atom tells apart are tried once. After `most_steps` the classes found so far are given, marked
    as not complete.
    """
    search = _Search(line, atoms)
    found: dict[int, str] = {}
    seen = {search.start()}
    waiting: deque[tuple[_State, str]] = deque([(search.start(), "")])
    while waiting and search.steps < most_steps:
        state, text = waiting.popleft()
        found.setdefault(search.answer(state), text)
        for plain, lowered in search.letters(state):
            search.steps += 2 + len(search.patterns)
            following = search.step(state, plain, lowered)
            if following not in seen:
                seen.add(following)
                waiting.append((following, text + plain))
    if waiting:
        for text in [*search.raw.cells.points, *search.low.cells.points][:_MOST_POINTS]:
            found.setdefault(_answers(text, atoms), text)
    for text in _PLAIN_WORDS:
        if not found.get(_answers(text, atoms), "").isalnum():
            found[_answers(text, atoms)] = text
    return Classes(tuple(found), tuple(found.values()), search.is_exact and not waiting)


class _Search:
    """All atoms of one attribute read side by side."""

    def __init__(self, line: Line, atoms: Sequence[Atom]) -> None:
        places = [(bit, atom) for bit, atom in enumerate(atoms) if atom.kind != "like"]
        self.raw, self.raw_bits = _side(line, [place for place in places if not place[1].lowered])
        self.low, self.low_bits = _side(line, [place for place in places if place[1].lowered])
        self.patterns = [_Matching(atom, bit) for bit, atom in enumerate(atoms) if atom.kind == "like"]
        self.taken = [
            frozenset(letter for pattern in self.patterns if pattern.lowered is lowered for letter in pattern.taken)
            for lowered in (False, True)
        ]
        raw_named = sorted({letter for point in self.raw.cells.points for letter in point} | self.taken[False])
        low_named = sorted({letter for point in self.low.cells.points for letter in point} | self.taken[True])
        has_lower = any(atom.lowered for atom in atoms)
        self.is_exact = not (has_lower and not _SIGMAS.isdisjoint(low_named))
        self.alphabet = _alphabet(raw_named, low_named, has_lower=has_lower, tells_sigmas=not self.is_exact)
        self.steps = 0
        self._letters: dict[tuple[str | int, str | int], list[tuple[str, str]]] = {}

    def start(self) -> _State:
        return (self.raw.start(), self.low.start(), (1,) * len(self.patterns))

    def letters(self, state: _State) -> list[tuple[str, str]]:
        """The characters of the alphabet that can lead to different states from here, with their lower case."""
        raw, low = (side if isinstance(side, str) else 0 for side in state[:2])
        found = self._letters.get((raw, low))
        if found is None:
            raw_next = sorted(self.raw.following[raw]) if isinstance(raw, str) else []
            low_next = sorted(self.low.following[low]) if isinstance(low, str) else []
            kinds: dict[object, tuple[str, str]] = {}
            for plain, lowered in self.alphabet:
                raw_kind = (_place(raw_next, plain), plain if plain in self.taken[False] else "")
                low_kinds = [(_place(low_next, x), x if x in self.taken[True] else "") for x in lowered]
                kinds.setdefault((raw_kind, *low_kinds), (plain, lowered))
            self._letters[raw, low] = found = list(kinds.values())
            self.steps += 2 * len(self.alphabet)
        return found

    def step(self, state: _State, plain: str, lowered: str) -> _State:
        raw, low, places = state
        return (
            self.raw.step(raw, plain) if isinstance(raw, str) else raw,
            self.low.step(low, lowered) if isinstance(low, str) else low,
            tuple(
                [
                    pattern.step(place, lowered if pattern.lowered else plain)
                    for pattern, place in zip(self.patterns, places, strict=True)
                ]
            ),
        )

    def answer(self, state: _State) -> int:
        raw, low, places = state
        answers = _spread(self.raw.answer(raw), self.raw_bits) | _spread(self.low.answer(low), self.low_bits)
        for pattern, place in zip(self.patterns, places, strict=True):
            answers |= pattern.answer(place)
        return answers


def _side(line: Line, places: list[tuple[int, Atom]]) -> tuple[_Order, list[int]]:
    return _Order(Cells(line, [atom for _, atom in places])), [bit for bit, _ in places]


def _spread(answers: int, bits: list[int]) -> int:
    return sum(1 << bit for place, bit in enumerate(bits) if answers >> place & 1)


def _alphabet(
    raw_named: list[str], low_named: list[str], *, has_lower: bool, tells_sigmas: bool
) -> list[tuple[str, str]]:
    """One character, with its lower case, for each way in which the atoms can tell characters apart.

    Σ becomes σ or ς by what surrounds it. It is left out only where an atom tells those two apart; where none does,
    they stand side by side between the same named characters, and either will do.
    """
    both = sorted({*raw_named, *low_named})
    found: dict[tuple[int, ...], str] = {}
    candidates = [*_PLAIN, *both]
    if has_lower:
        candidates += sorted(_cased())
    for start, end in zip([-1, *map(ord, both)], [*map(ord, both), 0x110000], strict=True):
        candidates += _uncased_between(start, end, has_lower)
    for character in candidates:
        if tells_sigmas and character == _CAPITAL_SIGMA:
            continue
        lowered = lower_case(character) if has_lower else character
        kind = (_place(raw_named, character), *[_place(low_named, letter) for letter in lowered])
        found.setdefault(kind, character)
    return [(character, lower_case(character) if has_lower else character) for character in found.values()]


def _place(points: list[str], character: str) -> int:
    place = bisect_left(points, character)
    return 2 * place + (place < len(points) and points[place] == character)


def _uncased_between(start: int, end: int, has_lower: bool) -> list[str]:
    """A character strictly between two, which is its own lower case where that matters."""
    for number in chain(range(max(start + 1, 0x20), end), range(start + 1, min(0x20, end))):
        if number not in _SURROGATES and not (has_lower and chr(number) in _cased()):
            return [chr(number)]
    return []


@cache
def _cased() -> frozenset[str]:
    """Every character that LOWER changes; there are none in the planes further up."""
    return frozenset(letter for letter in map(chr, range(_LAST_CASED)) if lower_case(letter) != letter)


def _answers(text: str, atoms: Sequence[Atom]) -> int:
    return sum(1 << bit for bit, atom in enumerate(atoms) if atom.holds(text))
