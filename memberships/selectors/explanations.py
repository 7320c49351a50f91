"""Why a customer is in a segment or not: what decides, what would change it, every clause, and how it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.actors import SYSTEM
from common.clock import now
from customers import selectors as customers
from memberships.choices import Freshness
from memberships.errors import NotComputed
from memberships.policies import MembershipPolicy
from memberships.selectors.clauses import Clause, Fact, Teller, catalogue_of
from memberships.selectors.histories import ToldMove, told_history, turnings_of
from memberships.selectors.standings import standing_of
from memberships.selectors.turns import ShownTurn, shown_turn
from taxonomy.rules import Catalogue, Truth
from taxonomy.rules.counterfactual import can_turn
from taxonomy.rules.deciding import Deciding, deciding
from taxonomy.rules.distances import joined
from taxonomy.rules.possibilities import Case
from taxonomy.selectors.lineages import RuleInForce, VersionInForce, grounds_in_force, line_of, rule_in_force

__all__ = ["Clause", "Explanation", "Fact", "explanation"]

_MOST_NAMED = 3


@dataclass(frozen=True)
class Explanation:
    """`member`: as published; None where the rule cannot be decided for want of a value, or nothing is published.
    `result`: what the rule answers for the values of now; where it differs, the next run will move the customer.

    `decisive`: the clauses through which the smallest set of facts decides (`deciding_facts`, keys of attributes and
    segments; None where facts decide that the viewer may not see). `turn`: the nearest change that would turn it, None
    where none was found; `can_turn` is False where there is none.
    Nothing here depends on a value that the viewer may not see, except through the answer in or out itself.
    """

    external_id: str
    segment_key: str
    segment_name: str
    version_number: int
    member: Truth
    result: Truth
    is_computed: bool
    state: Freshness
    as_of: datetime
    run_id: int | None
    clauses: Clause
    decisive: tuple[Clause, ...]
    deciding_facts: tuple[str, ...] | None
    is_smallest: bool
    turn: ShownTurn | None
    can_turn: bool
    told: list[ToldMove]

    @property
    def will_move(self) -> bool:
        """Whether the published answer and the present values disagree."""
        return self.is_computed and bool(self.member) != (self.result is True)

    @property
    def since(self) -> datetime | None:
        """When the present answer began, as far as it is known."""
        return self.told[0].move.at if self.told else None

    @property
    def nearest_miss(self) -> ShownTurn | None:
        """What would bring the customer in, by the values of now."""
        return self.turn if self.turn and self.turn.enters else None

    @property
    def nearest_exit(self) -> ShownTurn | None:
        """What would take the customer out, by the values of now."""
        return self.turn if self.turn and not self.turn.enters else None

    @property
    def sentence(self) -> str:
        """The whole answer in one sentence."""
        standing = "in" if (self.member if self.is_computed else self.result is True) else "not in"
        would = "" if self.is_computed else "is not computed yet and would be "
        start = f"{self.external_id} {would or 'is '}{standing} {self.segment_name}"
        reason = self._reason()
        return f"{start}{': ' if reason else ''}{reason}."

    def _reason(self) -> str:
        """What stands between the customer and the segment, or what makes them a member; by the values of now."""
        if self.will_move:
            return "the values have changed since, and the next run will say so"
        if self.result is True:
            return self._grounds()
        if self.turn is None:
            return "more than a few values would have to change" if self.can_turn else "the rule takes no one"
        if self.turn.is_certain:
            return self.turn.words
        hidden = "values that are not shown to you decide"
        return f"{self.turn.words}, and {hidden}" if self.turn.words else hidden

    def _grounds(self) -> str:
        if self.deciding_facts is None:
            return "values that are not shown to you decide"
        words = list(dict.fromkeys(clause.words for clause in self.decisive))
        if len(words) > _MOST_NAMED:
            words = [*words[: _MOST_NAMED - 1], f"{len(words) - _MOST_NAMED + 1} more conditions hold"]
        return joined(words) or "the rule takes everyone"


def explanation(*, viewer: Any, external_id: str, segment_key: str) -> Explanation:
    """Why the customer is in the segment or not, for the eyes of `viewer`. Raises NotAllowed, NotFound, NotComputed."""
    MembershipPolicy().require(viewer, "view_members")
    customer = customers.customer(external_id)
    grounds = grounds_in_force(segment_key)
    line, turnings = line_of(segment_key, grounds), turnings_of(customer.ordinal, segment_key)
    read = {key for version in line for key in version.attribute_keys}
    attributes = customers.attribute_facts_for(viewer=SYSTEM, keys=read.union(*(turning.read for turning in turnings)))
    catalogue = catalogue_of(attributes)
    rule = _readable(line, catalogue)
    standing = standing_of(customer.ordinal, segment_key, grounds)
    as_of = standing.as_of or now()
    values = customer.attributes | customers.derived_values(customer.ordinal, as_of, attributes)
    case = Case(rule.rule, values, as_of, segments=standing.is_in, catalogue=catalogue)
    visible = customers.visible_among(viewer, attributes)
    sources = customers.last_deliveries(viewer=viewer, keys={row.source_key for row in attributes.values()})
    teller = Teller(case, visible=visible, attributes=attributes, sources=sources, changed_at=customer.changed_at)
    decided = deciding(case, teller.usable if teller.is_masked else None)
    result, published = teller.result(), standing.is_in[segment_key]
    return Explanation(
        external_id=customer.external_id,
        segment_key=segment_key,
        segment_name=rule.name,
        version_number=rule.number,
        member=None if not published and result is None else published,
        result=result,
        is_computed=published is not None,
        state=standing.state,
        as_of=as_of,
        run_id=standing.run_id,
        clauses=teller.tree(rule.origins, frozenset(decided.leaves)),
        decisive=tuple(teller.leaf(index, decides=True) for index in decided.leaves),
        deciding_facts=_named(case, decided),
        is_smallest=decided.is_smallest,
        turn=shown_turn(teller),
        can_turn=can_turn(case),
        told=told_history(turnings, ordinal=customer.ordinal, catalogue=catalogue, read=read, visible=visible),
    )


def _readable(line: list[VersionInForce], catalogue: Catalogue) -> RuleInForce:
    if not line:
        raise NotComputed("The segment has no rule in force, so there is nothing to explain.")
    rule = rule_in_force(line, catalogue)
    if rule.fault:
        raise NotComputed(f"The rule in force cannot be evaluated: {rule.fault}")
    return rule


def _named(case: Case, decided: Deciding) -> tuple[str, ...] | None:
    if decided.facts is None:
        return None
    held = decided.facts
    ordered: Sequence[str] = [fact.key for fact in case.facts if fact in held]
    return tuple(ordered)
