"""The transition matrix: it adds up whatever moved, against a count customer by customer."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from common.clock import now
from common.errors import Invalid, NotAllowed
from customers.services.profiles import merge_customers_bulk
from memberships.errors import NotComputed
from memberships.measures.transitions import OUTSIDE, REST, SEVERAL, side_of, transitions
from memberships.models import Delta, Snapshot
from memberships.selectors.transitions import matrix_for, movers_for
from tests.memberships.conftest import enact, run_now

# The machine may be busy: neither a slow draw nor a slow example is a fault.
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SETS = st.lists(st.frozensets(st.integers(0, 15)), min_size=3, max_size=3)


def state_of(customer: int, sets: list[frozenset[int]], whole: frozenset[int]) -> str:
    inside = [key for key, members in zip("abc", sets, strict=True) if customer in members]
    return SEVERAL if len(inside) > 1 else inside[0] if inside else REST if customer in whole else OUTSIDE


@QUIET
@given(SETS, SETS, st.frozensets(st.integers(0, 15)), st.frozensets(st.integers(0, 15)))
def test_matrix__of_any_sets__counts_each_customer_once_and_adds_up(
    before: list[frozenset[int]], after: list[frozenset[int]], whole_before: frozenset[int], whole_after: frozenset[int]
) -> None:
    sides = [
        side_of({key: BitMap(each) for key, each in zip("abc", sets, strict=True)}, BitMap(whole))
        for sets, whole in ((before, whole_before), (after, whole_after))
    ]
    table = transitions(sides[0], sides[1], list("abc"))
    assert table.breaches() == []
    for row in table.names:
        for column in table.names:
            by_hand = {
                each
                for each in range(16)
                if (row, column) == (state_of(each, before, whole_before), state_of(each, after, whole_after))
            }
            assert set(table.cell(row, column)) == (set() if row == column == OUTSIDE else by_hand)


@pytest.fixture
def moved(computed: SimpleNamespace) -> SimpleNamespace:
    """An hour ago the grocer as it is; now hh-01 has become occasional, hh-05 an anchor, hh-06 left, hh-12 came."""
    computed.then = now() - timedelta(hours=1)
    for rows in (Snapshot, Delta):
        rows.objects.update(published_at=computed.then - timedelta(minutes=1))
    changed = {
        "hh-01": {"orders_90d": 1},
        "hh-05": {"orders_90d": 20, "spend_365d": 9000},
        "hh-06": {"orders_90d": None, "spend_365d": None},
        "hh-12": {"orders_90d": 2},
    }
    rows = [{"external_id": key, "attributes": values} for key, values in changed.items()]
    merge_customers_bulk(actor=computed.steward, rows=rows)
    computed.second_run = run_now()
    return computed


@pytest.mark.django_db
def test_matrix__of_a_family__says_who_went_where_and_what_it_stands_on(moved: SimpleNamespace) -> None:
    found = matrix_for(viewer=moved.owner, family="households", began_at=moved.then)
    names = ["anchors", "occasional", REST, OUTSIDE]
    assert [row.state.key for row in found.rows] == [column.key for column in found.columns] == names
    counts = {row.state.key: [cell.count for cell in row.cells] for row in found.rows}
    assert counts == {"anchors": [2, 1, 0, 0], "occasional": [1, 2, 0, 1], REST: [0, 0, 4, 0], OUTSIDE: [0, 1, 0, 0]}
    assert [row.state.size for row in found.rows][:2] == [3, 4] and found.columns[1].size == 4
    assert (found.moved, found.stayed, found.changed, found.exact) == (4, 8, (), True)
    assert {ground.run_id for ground in found.began} == {moved.first_run.pk}
    assert {ground.run_id for ground in found.ended} == {moved.second_run.pk}
    page = movers_for(
        viewer=moved.rep, family="households", began_at=moved.then, ended_at=None, row="occasional", column="anchors"
    )
    assert (page.external_ids, page.total) == (["hh-05"], 1)
    alone = matrix_for(viewer=moved.owner, family="anchor-families", began_at=moved.then)
    assert [row.state.key for row in alone.rows] == ["anchor-families", OUTSIDE]


@pytest.mark.django_db
def test_matrix__for_who_may_not_see_customers__hides_small_cells_and_what_gives_them_away(
    moved: SimpleNamespace,
) -> None:
    found = matrix_for(viewer=moved.viewer, family="households", began_at=moved.then)
    assert {cell.count for row in found.rows for cell in row.cells} == {"fewer than 5"}
    assert {row.total for row in found.rows} == {"fewer than 5"}
    assert not found.exact and found.stayed == 10 and found.moved == "fewer than 5"
    with pytest.raises(NotAllowed):
        movers_for(viewer=moved.viewer, family="", began_at=moved.then, ended_at=None, row=OUTSIDE, column="households")


@pytest.mark.django_db
def test_matrix__rule_changed_or_not_computed_then__says_so(moved: SimpleNamespace) -> None:
    enact("anchors", rule="orders_90d >= 12")
    enact("fresh", kind="create", parent="households", rule="orders_90d > 18")
    run_now()
    found = matrix_for(viewer=moved.owner, family="households", began_at=moved.then)
    assert (found.changed, found.missing) == (("Anchor households",), ("Fresh",))
    with pytest.raises(NotComputed):
        matrix_for(viewer=moved.owner, family="households", began_at=now() - timedelta(days=999))
    with pytest.raises(Invalid):
        matrix_for(viewer=moved.owner, family="households", began_at=now(), ended_at=moved.then)
    with pytest.raises(Invalid):
        matrix_for(viewer=moved.owner, family="zebra", began_at=moved.then)
