"""Why a customer is in a segment or not: every clause with the value it read and what it answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from common.clock import now
from customers import selectors as customers
from memberships.choices import Freshness
from memberships.errors import NotComputed
from memberships.policies import MembershipPolicy
from memberships.selectors.customers import Move, history_of, is_member
from memberships.selectors.sizes import size_of
from taxonomy.rules import Explanation as Trace
from taxonomy.rules import Truth, decisive, explain
from taxonomy.selectors import active_rules, rule_catalogue


@dataclass(frozen=True)
class Fact:
    """One value that a clause read; `is_hidden` where the viewer may not see it, and then the value is None."""

    attribute: str
    label: str
    value: Any
    unit: str
    source: str
    changed_at: datetime | None
    is_hidden: bool


@dataclass(frozen=True)
class Clause:
    """One condition: what it says, what it answered (None is unknown; also None where hidden), and what it read."""

    kind: str
    text: str
    words: str
    result: Truth
    is_hidden: bool
    facts: tuple[Fact, ...]
    children: tuple["Clause", ...]


@dataclass(frozen=True)
class Explanation:
    """`member`: as published; None where the rule cannot be decided for want of a value, or nothing is published.
    `result`: what the rule answers for the values of now; where it differs, the next run will move the customer.
    `decisive`: the clauses that made the answer; `nearest_miss`: the fewest clauses that would have to turn; both
    without those that the viewer may not see."""

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
    nearest_miss: tuple[Clause, ...]
    history: list[Move]

    @property
    def will_move(self) -> bool:
        """Whether the published answer and the present values disagree."""
        return self.is_computed and bool(self.member) != (self.result is True)

    @property
    def since(self) -> datetime | None:
        """When the present answer began, as far as it is known."""
        return self.history[0].at if self.history else None


class _Teller:
    """Turns a trace into what one viewer may see of it."""

    def __init__(self, viewer: Any, changed_at: datetime | None) -> None:
        self._facts = customers.attribute_facts()
        self._visible = customers.visible_attribute_keys(viewer)
        self._changed_at = changed_at

    def clause(self, trace: Trace) -> Clause:
        """The clause and those below it. What holds a hidden clause is hidden too, or its answer would give it away."""
        children = tuple(self.clause(child) for child in trace.children)
        hidden = any(key not in self._visible for key, _ in trace.values) or any(child.is_hidden for child in children)
        return Clause(
            kind=trace.kind,
            text=trace.text,
            words=trace.words,
            result=None if hidden else trace.result,
            is_hidden=hidden,
            facts=tuple(self._fact(key, value) for key, value in trace.values),
            children=children,
        )

    def root(self, trace: Trace) -> Clause:
        """The whole rule: its answer is the membership, which the viewer may see."""
        return replace(self.clause(trace), result=trace.result, is_hidden=False)

    def listed(self, traces: Iterable[Trace]) -> tuple[Clause, ...]:
        """The clauses that the viewer may see; being on a list would tell the answer of the others."""
        return tuple(clause for clause in map(self.clause, traces) if not clause.is_hidden)

    def _fact(self, key: str, value: Any) -> Fact:
        facts = self._facts.get(key)
        hidden = key not in self._visible
        return Fact(
            attribute=key,
            label=facts.label if facts else key,
            value=None if hidden else value,
            unit=facts.unit if facts else "",
            source=facts.source_key if facts else "",
            changed_at=None if hidden else self._changed_at,
            is_hidden=hidden,
        )


def explanation(*, viewer: Any, external_id: str, segment_key: str) -> Explanation:
    """Why the customer is in the segment or not, for the eyes of `viewer`. Raises NotAllowed, NotFound, NotComputed."""
    MembershipPolicy().require(viewer, "view_members")
    customer = customers.customer(external_id)
    rule = next((row for row in active_rules() if row.key == segment_key), None)
    if rule is None:
        raise NotComputed("The segment has no rule in force, so there is nothing to explain.")
    if rule.fault:
        raise NotComputed(f"The rule in force cannot be evaluated: {rule.fault}")
    size = size_of(segment_key)
    trace = explain(
        rule.rule,
        customer.attributes,
        size.as_of or now(),
        segments=lambda key: is_member(customer.ordinal, key),
        catalogue=rule_catalogue(),
    )
    published = is_member(customer.ordinal, segment_key)
    teller = _Teller(viewer, customer.changed_at)
    return Explanation(
        segment_key=segment_key,
        segment_name=rule.name,
        version_number=rule.number,
        member=None if not published and trace.result is None else published,
        result=trace.result,
        is_computed=published is not None,
        state=size.state,
        as_of=size.as_of or now(),
        run_id=size.run_id,
        clauses=teller.root(trace),
        decisive=teller.listed(decisive(trace)),
        nearest_miss=() if trace.result else teller.listed(nearest_miss(trace)),
        history=history_of(customer.ordinal, segment_key),
    )


def nearest_miss(trace: Trace, wanted: bool = True) -> Sequence[Trace]:
    """The fewest clauses that would have to answer otherwise for the whole to be `wanted`."""
    if trace.result is wanted:
        return ()
    if not trace.children:
        return (trace,)
    if trace.kind == "not":
        return nearest_miss(trace.children[0], not wanted)
    ways = [nearest_miss(child, wanted) for child in trace.children]
    if (trace.kind == "and") == wanted:
        return [clause for way in ways for clause in way]
    return min(ways, key=len)
