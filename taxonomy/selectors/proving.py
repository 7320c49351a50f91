"""Proofs about rules: what they may rest on, and answers kept for as long as it stands."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.core.cache import cache

from common.digests import canonical_json, digest_of
from taxonomy.proofs import PROVER_VERSION, Finding, Prover, Relation, Verdict, facts_digest
from taxonomy.rules import AttributeFacts, Rule, attributes_used, digest, segments_used
from taxonomy.selectors.catalogue import trusted_catalogue
from taxonomy.selectors.effective import ActiveRule, active_rules
from taxonomy.selectors.proof_records import finding_from, finding_record, relation_from, relation_record

BUDGET_MS = 200
"""The time that one question may take before it stays undecided."""

_DECIDED_SECONDS = 7 * 24 * 3600
# A busy machine may leave undecided what a quiet one decides: asked again soon.
_UNDECIDED_SECONDS = 60

_Found = TypeVar("_Found")


@dataclasses.dataclass(frozen=True)
class Grounds:
    """What proofs rest on: the facts of attributes that hold on the newest build, and the rules in force by key."""

    catalogue: Mapping[str, AttributeFacts]
    active: Mapping[str, ActiveRule]

    def prover(self, budget_ms: int = BUDGET_MS) -> Prover:
        """A prover that knows these facts and rules; the check that a board signs gives it more time."""
        rules = {key: row.rule for key, row in self.active.items()}
        return Prover(self.catalogue, segments=rules, budget_ms=budget_ms)

    def digest_of(self, *rules: Rule) -> str:
        """What an answer about these rules rests on: equal exactly as long as the same question is asked."""
        named = self._referred(rules)
        read = {key for rule in (*rules, *named.values()) for key in attributes_used(rule)}
        return digest_of(
            {
                "prover": PROVER_VERSION,
                "facts": facts_digest(self.catalogue, sorted(read)),
                "rules": [digest(rule) for rule in rules],
                "segments": {key: digest(rule) for key, rule in named.items()},
            }
        )

    def _referred(self, rules: tuple[Rule, ...]) -> dict[str, Rule]:
        """The rules in force that these rules refer to, directly or through others."""
        found: dict[str, Rule] = {}
        waiting = [key for rule in rules for key in segments_used(rule)]
        while waiting:
            key = waiting.pop()
            if key not in found and key in self.active:
                found[key] = self.active[key].rule
                waiting.extend(segments_used(found[key]))
        return found


def grounds() -> Grounds:
    """What proofs rest on at this instant; rules that cannot be read any more prove nothing and are left out."""
    return Grounds(trusted_catalogue(), {row.key: row for row in active_rules() if not row.fault})


def prover() -> Prover:
    """A prover over the facts and the rules that stand now."""
    return grounds().prover()


def relation_between(a: Rule, b: Rule, *, budget_ms: int = BUDGET_MS) -> Relation:
    """How effective rule `a` stands to effective rule `b` over all possible customers, within a bounded time."""
    ground = grounds()
    return kept(
        f"relation:{budget_ms}:{ground.digest_of(a, b)}",
        lambda: ground.prover(budget_ms).relation(a, b),
        write=relation_record,
        read=relation_from,
        is_decided=lambda found: found.verdict != Verdict.UNDECIDED,
    )


def findings_about(rule: Rule, within: Rule | None = None) -> list[Finding]:
    """What is wrong with the rule, or with it among the members of another: never or always true, dead or redundant
    clauses, each of them proved; or one finding `undecided` that says why the rule was not examined to its end."""
    ground = grounds()
    return findings_on(ground, ground.prover(), rule, within)


def findings_on(ground: Grounds, prover: Prover, rule: Rule, within: Rule | None) -> list[Finding]:
    """As `findings_about`, on grounds that were read already."""
    asked = (rule, within) if within else (rule,)
    return kept(
        f"findings:{ground.digest_of(*asked)}",
        lambda: prover.findings(rule, within=within),
        write=lambda found: [finding_record(each) for each in found],
        read=lambda records: [finding_from(each) for each in records],
        is_decided=lambda found: all(each.code != "undecided" for each in found),
    )


def kept(
    name: str,
    find: Callable[[], _Found],
    *,
    write: Callable[[_Found], Any],
    read: Callable[[Any], _Found],
    is_decided: Callable[[_Found], bool],
) -> _Found:
    """The answer from the cache, else found and kept there: for long when it is decided, else briefly."""
    known = cache.get(f"proof:{name}")
    if known is not None:
        return read(json.loads(known))
    found = find()
    cache.set(
        f"proof:{name}", canonical_json(write(found)), _DECIDED_SECONDS if is_decided(found) else _UNDECIDED_SECONDS
    )
    return found
