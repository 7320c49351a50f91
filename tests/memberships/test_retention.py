"""The retention grid against a count customer by customer and day by day."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from common.clock import now
from common.errors import Invalid
from customers.services.profiles import merge_customers_bulk
from memberships.errors import NotComputed
from memberships.measures.retention import MONTH, WEEK, Step, begin_of, end_of, grid, next_begin
from memberships.models import Delta, Snapshot
from memberships.selectors.retention import retention_for
from tests.memberships.conftest import enact, run_now

# The machine may be busy: neither a slow draw nor a slow example is a fault.
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
START = datetime(2026, 1, 10, 12, tzinfo=UTC)
MOVES = st.lists(st.tuples(st.integers(0, 45), st.frozensets(st.integers(0, 7), max_size=4)), max_size=12)


@QUIET
@given(MOVES, st.sampled_from([MONTH, WEEK]))
def test_grid__of_any_changes__is_what_each_customer_did(moves: list[tuple[int, frozenset[int]]], period: str) -> None:
    """A move turns some customers over: those who are in leave, the others enter."""
    until = START + timedelta(days=110)
    inside: set[int] = set()
    steps, states = [], []
    at = START
    for number, (days, turned) in enumerate(moves):
        at = min(at + timedelta(days=days), until)
        entered, left = turned - inside, turned & inside
        inside = (inside | entered) - left
        cause = "first" if number == 0 else "data"
        steps.append(Step(at, BitMap(entered), BitMap(left), cause))
        states.append((at, cause, frozenset(entered), frozenset(left), frozenset(inside)))

    found = {(cohort.begins_on, cohort.is_first): cohort for cohort in grid(steps, period=period, until=until).cohorts}
    expected: dict[tuple[object, bool], set[int]] = {}
    first_seen: dict[int, datetime] = {}
    for moment, cause, entered, _, _ in states:
        for customer in entered - first_seen.keys():
            first_seen[customer] = moment
            expected.setdefault((begin_of(moment, period), cause == "first"), set()).add(customer)
    assert {key: cohort.size for key, cohort in found.items()} == {key: len(who) for key, who in expected.items()}
    for key, who in expected.items():
        cohort, begin = found[key], key[0]
        for periods, (inside_count, unbroken) in enumerate(zip(cohort.inside, cohort.unbroken, strict=True)):
            end = end_of(begin, periods, period, until)  # type: ignore[arg-type]
            past = [state for state in states if state[0] < end or end == until]
            members = past[-1][4]
            gone = {customer for state in past for customer in state[3]}
            assert (inside_count, unbroken) == (len(who & members), len(who - gone))
        assert end_of(begin, len(cohort.inside) - 1, period, until) == until  # type: ignore[arg-type]


def test_periods__months_and_weeks__begin_where_the_calendar_says() -> None:
    at = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert begin_of(at, MONTH).isoformat() == "2026-12-01" and begin_of(at, WEEK).isoformat() == "2026-12-28"
    assert next_begin(begin_of(at, MONTH), MONTH).isoformat() == "2027-01-01"
    assert next_begin(begin_of(at, WEEK), WEEK).isoformat() == "2027-01-04"


@pytest.mark.django_db
def test_retention__of_a_segment__counts_from_its_changes(computed: SimpleNamespace) -> None:
    past = (now().replace(day=1) - timedelta(days=20)).replace(day=10)
    for rows in (Snapshot, Delta):
        rows.objects.update(published_at=past)
    merge_customers_bulk(
        actor=computed.steward,
        rows=[
            {"external_id": "hh-01", "attributes": {"orders_90d": 1}},
            {"external_id": "hh-05", "attributes": {"orders_90d": 20, "spend_365d": 9000}},
        ],
    )
    run_now()
    found = retention_for(viewer=computed.owner, key="anchors")
    first, second = found.cohorts
    assert (first.is_first, first.size, [cell.inside for cell in first.cells]) == (True, 3, [3, 2])
    assert [cell.unbroken for cell in first.cells] == [3, 2] and first.cells[1].is_running
    assert (second.is_first, second.size, second.by_rule) == (False, 1, 0)
    assert found.widest == 2 and found.ground.version_number == 1

    enact("anchors", rule="orders_90d >= 9")
    run_now()
    assert retention_for(viewer=computed.owner, key="anchors").cohorts[1].by_rule == 3
    masked = retention_for(viewer=computed.viewer, key="anchors", period=WEEK)
    assert {cell.inside for cohort in masked.cohorts for cell in cohort.cells} == {"fewer than 5"}
    assert {cell.share for cohort in masked.cohorts for cell in cohort.cells} == {None}
    with pytest.raises(Invalid):
        retention_for(viewer=computed.owner, key="anchors", period="day")
    enact("late", kind="create", parent=None, rule="orders_90d > 5")
    with pytest.raises(NotComputed):
        retention_for(viewer=computed.owner, key="late")
