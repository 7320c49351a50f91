"""Rules on computed attributes: run, changed rows and explanations give one answer."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from common.clock import now
from customers.selectors import changed_profiles, newest_change, overdue_inputs, scan_coded
from customers.services.attributes import define_attribute
from customers.services.builds import build_profiles
from memberships.engines import polars_engine, rows_engine
from memberships.selectors import explanation
from memberships.services import execute_run, request_run
from taxonomy.selectors import active_rules
from taxonomy.services.enactment import enact_version
from tests.customers.told import Told, tell
from tests.factories.grocer import CUSTOMERS, segment_content

pytestmark = pytest.mark.usefixtures("ordinals_from_zero")
EVENT: dict[str, Any] = {"kind": "event", "event": "Order Completed"}
DERIVED: dict[str, tuple[str, dict[str, Any]]] = {
    "told_30d": ("number", {**EVENT, "aggregate": "count", "within_days": 30}),
    "told_total": ("number", {**EVENT, "aggregate": "sum", "property": "total"}),
    "last_plan": ("text", {**EVENT, "aggregate": "last", "property": "plan"}),
    "last_told_at": ("timestamp", {**EVENT, "aggregate": "last"}),
}
RULE = (
    "(told_30d >= 2 AND told_total > 20) OR last_plan = 'pro' OR warmth >= 7 OR last_told_at < TIMESTAMP '{}' "
    "OR CONTAINS(departments, 'Deli')"
)


@pytest.fixture
def company(grocer: SimpleNamespace) -> SimpleNamespace:
    """The grocer with computed attributes, a score of them, a segment that asks for all, and events."""
    for key, (kind, derivation) in DERIVED.items():
        content = {"label": f"The {key}", "type": kind, "dimension": "behavioral", "source": "pos"}
        define_attribute(actor=grocer.steward, key=key, content={**content, "derivation": derivation})
    points = [
        {"attribute": "told_30d", "operator": ">=", "value": 1, "points": 4},
        {"attribute": "orders_90d", "operator": ">", "value": 10, "points": 3.5},
    ]
    content = {"label": "Warmth", "type": "number", "dimension": "value"}
    define_attribute(
        actor=grocer.steward, key="warmth", content={**content, "derivation": {"kind": "score", "points": points}}
    )
    today = now()
    ids = sorted(CUSTOMERS)
    tell(
        Told(ids[at % 7], "Order Completed", today - timedelta(days=at * 5), {"total": at * 3, "plan": plan})
        for at, plan in enumerate(["free", "pro", None, "free", 7, "team", "free", None, "pro", "free", "free", "team"])
    )
    before = (today - timedelta(days=35)).astimezone(UTC).strftime("%Y-%m-%d 00:00:00")
    enact_version(
        actor=SYSTEM,
        kind="create",
        segment_key="warm",
        content=segment_content("warm", name="Warm", rule=RULE.format(before)),
        rationale="They buy.",
        expected_outcome="They stay.",
        base_version=None,
        request_ref="set-up",
    )
    return grocer


def test_computed__full_run_changed_rows_and_explanations__agree(company: SimpleNamespace) -> None:
    build = build_profiles()
    rules = [(row.key, row.rule) for row in active_rules()]
    frame, holds = scan_coded(build.pk)
    bulk = polars_engine.evaluate(frame, rules, build.as_of, holds=holds)
    changed = changed_profiles(after=0, through=newest_change(), as_of=build.as_of)
    rows = rows_engine.evaluate_rows(changed.frame, rules, build.as_of)
    assert not bulk.failures and not rows.failures
    assert bulk.members["warm"] == rows.members["warm"]
    run = request_run(actor=SYSTEM, trigger="schedule")
    assert execute_run(run.pk) == "succeeded"
    found = {}
    for external_id in CUSTOMERS:
        told = explanation(viewer=company.steward, external_id=external_id, segment_key="warm")
        assert told.member is (told.result is True) or told.member is None, external_id
        found[external_id] = told.result is True
    assert 0 < sum(found.values()) < len(found)
    assert sum(found.values()) == len(bulk.members["warm"])


def test_explanation__computed_value__says_how_it_comes_about(company: SimpleNamespace) -> None:
    run = request_run(actor=SYSTEM, trigger="schedule")
    execute_run(run.pk)
    told = explanation(viewer=company.steward, external_id="hh-01", segment_key="warm")
    facts: dict[str, Any] = {}

    def walk(clause: Any) -> None:
        facts.update({fact.attribute: fact for fact in clause.facts})
        for child in clause.children:
            walk(child)

    walk(told.clauses)
    assert facts["told_30d"].computed == "Number of “Order Completed” in the last 30 days"
    assert facts["told_30d"].value == 1 and facts["told_30d"].source == "pos"
    assert facts["departments"].computed == ""


def test_inputs__source_overdue__told_also_through_scores(company: SimpleNamespace) -> None:
    assert overdue_inputs(["warmth", "told_30d"], viewer=company.steward) == []
    later = now() + timedelta(days=90)
    assert isinstance(later, datetime)
    (overdue,) = overdue_inputs(["warmth"], viewer=company.steward, at=later)
    assert overdue.name == "Point of sale" and overdue.is_overdue
    assert overdue_inputs(["warmth"], viewer=company.stranger, at=later) == []
