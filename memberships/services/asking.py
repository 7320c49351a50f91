"""What a run asks: which rules, over which build, at which instant; and how that is written down to be asked again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from memberships import compiler
from memberships.errors import NotRepeatable
from memberships.selectors.questions import questions
from taxonomy.rules import Rule, segments_used
from taxonomy.selectors import ActiveRule, active_rules, rules_of_versions


@dataclass(frozen=True)
class Asked:
    """The question of one run.

    `grounds` are the rules that are computed and all that they rest on, `scope` the keys whose members are wanted,
    `question` for each segment the digest of what is asked, `faults` why a rule cannot be read.
    """

    build: Any
    as_of: datetime
    grounds: Mapping[str, ActiveRule]
    scope: frozenset[str]
    question: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def rules(self) -> dict[str, ActiveRule]:
        """The rules whose members are wanted."""
        return {key: rule for key, rule in self.grounds.items() if key in self.scope}

    @property
    def trees(self) -> list[tuple[str, Rule]]:
        """What the engine evaluates: the rules that can be read, with those that they refer to."""
        readable = {key: rule.rule for key, rule in self.grounds.items() if key not in self.faults}
        return list(compiler.closure(readable, self.scope).items())

    def stored(self) -> dict[str, Any]:
        """Enough to ask the same again later."""
        return {
            "rules": rules_record(self.grounds.values()),
            "scope": sorted(self.scope),
            "question": {key: self.question[key] for key in sorted(self.scope & self.question.keys())},
        }


def asked_now(build: Any, as_of: datetime, named: Iterable[str]) -> Asked:
    """All rules in force, or the named segments and what is built on them."""
    rules = active_rules()
    scope = frozenset(scope_keys(rules, named))
    faults = {rule.key: rule.fault for rule in rules if rule.fault}
    return Asked(build, as_of, _resting_on(rules, scope), scope, questions(rules), faults)


def asked_then(record: Mapping[str, Any], build: Any, as_of: datetime) -> Asked:
    """What `Asked.stored` wrote down, whatever became of rules and attributes since. Refuses: NotRepeatable when a rule
    reads otherwise than it did."""
    wanted: Mapping[str, Mapping[str, Any]] = record["rules"]
    faults = {key: each["fault"] for key, each in wanted.items() if "fault" in each}
    grounds = {rule.key: rule for rule in rules_of_versions(each["version"] for each in wanted.values())}
    for key, each in wanted.items():
        if key not in grounds or (key not in faults and grounds[key].digest != each["digest"]):
            raise NotRepeatable(f"The rule of “{key}” cannot be read as it was then, so the run cannot be repeated.")
    return Asked(build, as_of, grounds, frozenset(record["scope"]), record.get("question", {}), faults)


def rules_record(rules: Iterable[ActiveRule]) -> dict[str, dict[str, Any]]:
    """Each rule by its version and the digest of what it says together with its parents; why it cannot be read."""
    return {
        rule.key: {"version": rule.version_id, "digest": rule.digest} | ({"fault": rule.fault} if rule.fault else {})
        for rule in rules
    }


def _resting_on(rules: Sequence[ActiveRule], scope: Iterable[str]) -> dict[str, ActiveRule]:
    """The rules of the scope with their parents and all that any of them refers to."""
    known = {rule.key: rule for rule in rules}
    found: set[str] = set()
    open_keys = list(scope)
    while open_keys:
        key = open_keys.pop()
        if key in found or key not in known:
            continue
        found.add(key)
        open_keys += sorted(_stands_on(known[key]))
    return {key: rule for key, rule in known.items() if key in found}


def _stands_on(rule: ActiveRule) -> set[str]:
    return set(segments_used(rule.rule)) | ({rule.parent_key} if rule.parent_key else set())


def scope_keys(rules: Sequence[ActiveRule], named: Iterable[str]) -> set[str]:
    """The segments that a run computes: all when none is named, else the named ones and what is built on them."""
    named = set(named)
    if not named:
        return {rule.key for rule in rules}
    built_on = {rule.key: _stands_on(rule) for rule in rules}
    scope = {rule.key for rule in rules if rule.key in named}
    reached = set(named)
    while more := {key for key, below in built_on.items() if below & reached} - reached:
        reached |= more
        scope |= more
    return scope
