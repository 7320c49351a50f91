"""What is wrong with one rule: never true, always true, conditions that make no difference. All of it is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import thread_time

from taxonomy.proofs.answers import PROVED, Finding, undecided
from taxonomy.proofs.encoding import Encoding
from taxonomy.proofs.search import Search
from taxonomy.proofs.solver import Formula, neg
from taxonomy.proofs.vocabulary import UnanswerableError
from taxonomy.rules import Rule
from taxonomy.rules.nodes import And, Condition, Constant, Not, Or
from taxonomy.rules.text import condition_text

Prepare = Callable[[Encoding], None]
Examine = Callable[[Sequence[Rule], Prepare], Search]
Path = tuple[int, ...]

# So many times the budget of one claim all clauses of a rule may take together.
_BUDGETS = 10
_WORDS = {
    "never_true": "Nobody can ever meet this rule.",
    "always_true": "Everybody meets this rule.",
    "dead_clause": "This condition can never make a difference.",
    "redundant_clause": "Without this condition the rule takes exactly the same customers.",
}
_WORDS_WITHIN = {
    "never_true": "No member of the parent can ever meet this rule.",
    "always_true": "Every member of the parent meets this rule.",
    "dead_clause": "Among the members of the parent this condition can never make a difference.",
    "redundant_clause": "Without this condition the rule takes exactly the same members of the parent.",
}


def findings_of(examine: Examine, rule: Rule, within: Rule | None) -> list[Finding]:
    """The findings about a rule, or about it among the members of another."""
    walk = _Walk(rule, is_within=within is not None)
    try:
        search = examine([rule] if within is None else [rule, within], walk.name)
    except UnanswerableError as refusal:
        return [walk.unexamined(str(refusal))]
    return walk.examined(search, [] if within is None else [search.members[1]])


class _Walk:
    """The clauses of one rule, from the root downwards.

    Each has a name that is true where the clause does its part in making the rule TRUE: where it is TRUE itself or,
    under an odd number of NOTs, where it is FALSE. So a clause makes a difference exactly for those customers for whom
    it does not do its part while everything beside it on the way to the root leaves the outcome to it.
    """

    def __init__(self, rule: Rule, *, is_within: bool) -> None:
        self.rule = rule
        self.words = _WORDS_WITHIN if is_within else _WORDS
        self.names: dict[Path, Formula] = {}
        self.removed: set[Path] = set()
        self.found: list[Finding] = []
        self.gave_up = ""

    def name(self, encoding: Encoding) -> None:
        """Give every clause its name."""
        for path, condition, is_positive in _clauses(self.rule.condition, (), True):
            formula = encoding.true(condition) if is_positive else encoding.false(condition)
            self.names[path] = encoding.script.define(f"c{len(self.names)}", formula)

    def examined(self, search: Search, context: list[Formula]) -> list[Finding]:
        """All findings; of clauses that make each other redundant the later one is named."""
        self.search = search
        self.until = thread_time() + _BUDGETS * search.budget_ms / 1000
        root = search.members[0]
        if self._is_impossible([*context, root]):
            self._find("never_true", (), self.rule.condition)
        elif not isinstance(self.rule.condition, Constant) and self._is_impossible([*context, neg(root)]):
            self._find("always_true", (), self.rule.condition)
        elif not self.gave_up:
            self._descend(self.rule.condition, (), True, context, context)
        if self.gave_up:
            self.found.append(self.unexamined(self.gave_up))
        return self.found

    def unexamined(self, reason: str) -> Finding:
        """That the rule was not examined to its end."""
        return Finding("undecided", (), condition_text(self.rule.condition), undecided(reason), reason)

    def _descend(
        self, condition: Condition, path: Path, is_positive: bool, held: list[Formula], context: list[Formula]
    ) -> None:
        """Examine what is below a clause. `context` is what leaves the outcome to the clause, `held` that part of it
        which must hold for the clause to do anything at all."""
        if isinstance(condition, Not):
            self._descend(condition.condition, (*path, 0), not is_positive, held, context)
        if not isinstance(condition, And | Or):
            return
        all_needed = isinstance(condition, And) is is_positive
        children = [((*path, place), child) for place, child in enumerate(condition.conditions)]
        for child_path, child in [] if self.gave_up else reversed(children):
            others = self._others(children, child_path)
            if others and all_needed:
                self._needed(child_path, child, [*context, *others])
            elif others:
                self._alternative(child_path, child, held, [*context, *map(neg, others)])
        for child_path, child in children:
            if child_path not in self.removed and isinstance(child, And | Or | Not) and not self.gave_up:
                others = self._others(children, child_path)
                beside = [*context, *(others if all_needed else map(neg, others))]
                self._descend(child, child_path, is_positive, [*held, *others] if all_needed else held, beside)

    def _others(self, children: list[tuple[Path, Condition]], path: Path) -> list[Formula]:
        return [self.names[other] for other, _ in children if other != path and other not in self.removed]

    def _needed(self, path: Path, clause: Condition, context: list[Formula]) -> None:
        if self._is_impossible([*context, neg(self.names[path])]):
            self._find("redundant_clause", path, clause)

    def _alternative(self, path: Path, clause: Condition, held: list[Formula], context: list[Formula]) -> None:
        if self._is_impossible([*context, self.names[path]]):
            is_dead = self._is_impossible([*held, self.names[path]])
            self._find("dead_clause" if is_dead else "redundant_clause", path, clause)

    def _find(self, code: str, path: Path, clause: Condition) -> None:
        self.removed.add(path)
        self.found.append(Finding(code, path, condition_text(clause), PROVED, self.words[code]))

    def _is_impossible(self, literals: list[Formula]) -> bool:
        if not self.gave_up:
            self.search.start()
            found = self.search.check(literals) if thread_time() < self.until else None
            if found is None:
                self.gave_up = "Not all conditions could be examined in the time there was."
            return found is False
        return False


def _clauses(condition: Condition, path: Path, is_positive: bool) -> Iterator[tuple[Path, Condition, bool]]:
    """Every clause below a condition with its path, and whether it stands under an even number of NOTs."""
    if isinstance(condition, Not):
        yield from _clauses(condition.condition, (*path, 0), not is_positive)
    elif isinstance(condition, And | Or):
        for place, child in enumerate(condition.conditions):
            yield (*path, place), child, is_positive
            yield from _clauses(child, (*path, place), is_positive)
