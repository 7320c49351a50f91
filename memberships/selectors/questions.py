"""What is asked of customers now: the rules in force, and for each segment a digest of all that its answer hangs on."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.digests import digest_of
from customers.selectors.publishing import derivations_in_force
from memberships import compiler
from taxonomy.rules import attributes_used
from taxonomy.selectors import ActiveRule, active_rules


@dataclass(frozen=True)
class Asked:
    """The rules in force in an order in which each comes after what it stands on, and their questions by key."""

    rules: tuple[ActiveRule, ...]
    questions: Mapping[str, str]

    @property
    def readable(self) -> dict[str, ActiveRule]:
        """The rules that can be read, by key."""
        return {rule.key: rule for rule in self.rules if not rule.fault}


class _Kept:
    """What was asked last; rules and derivations are compared by what they are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made_of: Any = None
        self._asked = Asked((), {})

    def of(self, rules: Sequence[ActiveRule], derivations: Mapping[str, Mapping[str, Any]]) -> Asked:
        made_of = [id(rule) for rule in rules], derivations
        with self._lock:
            if made_of == self._made_of:
                return self._asked
        asked = Asked(tuple(rules), _questions(rules, derivations))
        with self._lock:
            # The rules are held by `asked`, so that no other ones come to have their ids.
            self._made_of, self._asked = made_of, asked
        return asked


_kept = _Kept()


def asked() -> Asked:
    """The rules in force and their questions; two small queries where nothing has changed since this process last
    asked."""
    return _kept.of(active_rules(), derivations_in_force())


def questions(rules: Sequence[ActiveRule]) -> dict[str, str]:
    """For each segment the digest of its rule, of all that the rule refers to, and of how computed attributes among
    what they read come about."""
    return dict(_kept.of(rules, derivations_in_force()).questions)


def _questions(rules: Sequence[ActiveRule], derivations: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    trees = {rule.key: rule.rule for rule in rules}
    digests = {rule.key: _digest(rule, derivations) for rule in rules}
    return {key: compiler.grounds_digest(trees, digests, key) for key in trees}


def _digest(rule: ActiveRule, derivations: Mapping[str, Mapping[str, Any]]) -> str:
    """The digest of the rule; where it reads computed attributes, over their derivations too."""
    used: dict[str, Any] = {}
    stack = [key for key in attributes_used(rule.rule) if key in derivations]
    while stack:
        key = stack.pop()
        if key not in used:
            used[key] = derivations[key]
            points = derivations[key].get("points", ())
            stack += [one["attribute"] for one in points if one["attribute"] in derivations]
    return digest_of({"rule": rule.digest, "derivations": used}) if used else rule.digest
