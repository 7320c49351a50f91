"""The clauses of a rule by their paths, and how a clause is followed from one wording of the rule to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from taxonomy.rules import AttributeFacts, Rule, attributes_used, segments_used, to_words
from taxonomy.rules.nodes import And, Condition, Not, Or
from taxonomy.rules.normal_form import canonical

ROOT = ""
DEEPEST_PATH = 120
"""Characters of the longest path that a comment keeps."""


@dataclass(frozen=True)
class Clause:
    """One part of a rule: its path from the root ("" the whole, "1.0" the first of the second), and its words.

    A group has `children` and a `joiner`; `depth` counts from 0.
    """

    path: str
    words: str
    joiner: str
    depth: int
    children: tuple[Clause, ...] = ()

    def walk(self) -> Iterator[Clause]:
        """The clause and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Followed:
    """Where a clause of one rule stands in another: its path there, and whether it says the same."""

    path: str
    is_same: bool


def clause_tree(rule: Rule, catalogue: Mapping[str, AttributeFacts]) -> Clause:
    """The whole rule as clauses in words."""
    return _clause(rule.condition, ROOT, 0, catalogue)


def _clause(condition: Condition, path: str, depth: int, catalogue: Mapping[str, AttributeFacts]) -> Clause:
    words = to_words(Rule(condition), catalogue)
    parts = _parts(condition)
    joiner = "All of these" if isinstance(condition, And) else "Any of these" if isinstance(condition, Or) else ""
    joiner = joiner or ("None of these" if parts else "")
    children = tuple(_clause(part, child_path(path, at), depth + 1, catalogue) for at, part in enumerate(parts))
    return Clause(path, words, joiner, depth, children)


def child_path(path: str, at: int) -> str:
    """The path of the part at that place below `path`."""
    return f"{path}.{at}" if path else str(at)


def clause_at(rule: Rule, path: str) -> Rule | None:
    """The part of the rule at the path, as a rule of its own; None when there is none."""
    condition = rule.condition
    for step in path.split(".") if path else []:
        parts = _parts(condition)
        if not (step.isascii() and step.isdigit()) or len(step) > 4 or int(step) >= len(parts):
            return None
        condition = parts[int(step)]
    return Rule(condition)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    if isinstance(condition, And | Or):
        return condition.conditions
    if isinstance(condition, Not) and isinstance(condition.condition, And | Or):
        return condition.condition.conditions
    return ()


def _places(condition: Condition, path: str = ROOT) -> Iterator[tuple[str, Condition]]:
    yield path, condition
    for at, part in enumerate(_parts(condition)):
        yield from _places(part, child_path(path, at))


def followed(old: Rule, new: Rule) -> dict[str, Followed]:
    """For each path of the old rule where its clause stands in the new one; what stands there no more is left out.

    Equal clauses (order and writing aside) go together first, those at the same path before others; then clauses about
    the same attributes and segments, in reading order; groups with what they share most. Each clause is used once.
    """
    before, after = dict(_places(old.condition)), dict(_places(new.condition))
    forms = [{path: canonical(Rule(part)) for path, part in side.items()} for side in (before, after)]
    found = {path: Followed(path, True) for path in before if path in after and forms[0][path] == forms[1][path]}
    _pair_equal(forms[0], forms[1], found)
    _pair_leaves(before, after, found)
    _pair_groups(before, after, found)
    return found


def _pair_equal(before: Mapping[str, Rule], after: Mapping[str, Rule], found: dict[str, Followed]) -> None:
    taken = {each.path for each in found.values()}
    free: dict[Rule, list[str]] = {}
    for path, form in after.items():
        if path not in taken:
            free.setdefault(form, []).append(path)
    for path, form in before.items():
        if path not in found and free.get(form):
            found[path] = Followed(free[form].pop(0), True)


def _pair_leaves(before: Mapping[str, Condition], after: Mapping[str, Condition], found: dict[str, Followed]) -> None:
    taken = {each.path for each in found.values()}
    free: dict[tuple[str, ...], list[str]] = {}
    for path, part in after.items():
        if path not in taken and not _parts(part):
            free.setdefault(_subject(part), []).append(path)
    for path, part in before.items():
        if path not in found and not _parts(part) and free.get(_subject(part)):
            found[path] = Followed(free[_subject(part)].pop(0), False)


def _subject(part: Condition) -> tuple[str, ...]:
    """What a clause speaks of: attributes and segments."""
    rule = Rule(part)
    return (*sorted(attributes_used(rule)), "|", *sorted(segments_used(rule)))


def _pair_groups(before: Mapping[str, Condition], after: Mapping[str, Condition], found: dict[str, Followed]) -> None:
    """A group goes where most of its clauses went; the whole rule is always the whole rule."""
    if ROOT not in found:
        found[ROOT] = Followed(ROOT, False)
    taken = {each.path for each in found.values()}
    for path, part in before.items():
        if path in found or not _parts(part):
            continue
        inside = [found[each].path for each in before if each.startswith(f"{path}.") and each in found]
        parents = [each.rpartition(".")[0] for each in inside]
        homes = sorted({each for each in parents if each and each not in taken}, key=lambda each: -parents.count(each))
        if homes:
            found[path] = Followed(homes[0], False)
            taken.add(homes[0])
