"""Set expressions over segments, and the lists that are kept of them."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from common.clock import now
from common.errors import Invalid, NotAllowed
from customers.services.erasure import erase_customer
from customers.services.profiles import merge_customers_bulk
from ledger.models import Entry
from memberships.errors import BadExpression, HistoryGone, ListDiscarded, MomentInFuture, NotComputed
from memberships.models import CustomerList, Snapshot
from memberships.rules.set_expressions import evaluated, keys_in, parsed, text_of
from memberships.selectors.lists import compared, grounds_of, list_page, lists_for
from memberships.selectors.set_algebra import selection_for
from memberships.services.lists import discard_list, forget_in_lists, keep_list, make_anew, restore_list
from tests.factories.grocer import MEMBERS
from tests.memberships.conftest import enact, run_now

# The machine may be busy: neither a slow draw nor a slow example is a fault.
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
KEYS = ("a", "b", "c", "not", "d-1")
TREES = st.recursive(
    st.sampled_from(KEYS),
    lambda inner: st.fixed_dictionaries(
        {"op": st.sampled_from(["union", "intersection", "difference"]), "of": st.lists(inner, min_size=2, max_size=3)}
    ),
    max_leaves=8,
)


@QUIET
@given(TREES, st.lists(st.frozensets(st.integers(0, 12)), min_size=len(KEYS), max_size=len(KEYS)))
def test_expressions__written_and_read_again__select_the_same(tree: Any, sets: list[frozenset[int]]) -> None:
    members = {key: BitMap(each) for key, each in zip(KEYS, sets, strict=True)}
    plain = dict(zip(KEYS, sets, strict=True))

    def by_hand(node: Any) -> frozenset[int]:
        if isinstance(node, str):
            return plain[node]
        first, *others = [by_hand(part) for part in node["of"]]
        name = {"union": "union", "intersection": "intersection", "difference": "difference"}[node["op"]]
        found: frozenset[int] = getattr(first, name)(*others)
        return found

    again = parsed(text_of(tree))
    assert set(evaluated(tree, members)) == by_hand(tree) == set(evaluated(again, members))
    assert keys_in(again) == keys_in(tree) or set(keys_in(again)) == set(keys_in(tree))
    assert text_of(parsed(text_of(again))) == text_of(again)
    assert members == {key: BitMap(each) for key, each in plain.items()}, "the shared bitmaps were changed"


def test_expressions__of_the_text_form__give_the_tree_that_is_stored() -> None:
    assert parsed("vip AND NOT churned") == {"op": "difference", "of": ["vip", "churned"]}
    assert parsed("a and b or c") == {"op": "union", "of": [{"op": "intersection", "of": ["a", "b"]}, "c"]}
    assert parsed('a AND NOT (b OR "not")') == {"op": "difference", "of": ["a", {"op": "union", "of": ["b", "not"]}]}


@pytest.mark.parametrize(
    "text",
    ["", "NOT a", "a OR NOT b", "a b", "a AND", "(a", "a)", "a; b", "VIP", "a AND 'b'", "(" * 40 + "a" + ")" * 40],
)
def test_expressions__that_say_nothing_clear__are_refused_with_how_to_write_them(text: str) -> None:
    with pytest.raises(BadExpression) as refused:
        parsed(text)
    assert refused.value.pointer == "/expression"


@pytest.mark.django_db
def test_count__for_who_may_not_see_customers__is_rounded(computed: SimpleNamespace) -> None:
    seen = selection_for(viewer=computed.rep, expression=parsed("households AND NOT (anchors OR occasional)"))
    assert (seen.count, seen.exact) == (4, True)
    assert [ground.run_id for ground in seen.grounds] == [computed.first_run.pk] * 3
    masked = selection_for(viewer=computed.viewer, expression=parsed("households AND NOT (anchors OR occasional)"))
    assert (masked.count, masked.exact) == ("fewer than 5", False)
    assert selection_for(viewer=computed.viewer, expression=parsed("households")).count == 10
    with pytest.raises(BadExpression, match="no segment “zebra”"):
        selection_for(viewer=computed.rep, expression=parsed("households OR zebra"))
    with pytest.raises(MomentInFuture):
        selection_for(viewer=computed.rep, expression="households", at=now() + timedelta(days=1))
    with pytest.raises(NotComputed, match="“households”"):
        selection_for(viewer=computed.rep, expression="households", at=now() - timedelta(days=900))


@pytest.mark.django_db
def test_list__kept_and_customers_changed__stays_and_is_made_anew(computed: SimpleNamespace) -> None:
    kept = keep_list(actor=computed.owner, name=" Big ones ", expression=parsed("anchors AND NOT anchor-families"))
    assert (kept.name, kept.size) == ("Big ones", 2)
    assert list_page(viewer=computed.rep, list_id=kept.pk).external_ids == ["hh-01", "hh-09"]
    ground = {row.key: row for row in grounds_of(kept)}["anchors"]
    assert (ground.version_number, ground.run_id, ground.size) == (1, computed.first_run.pk, 3)
    assert ground.as_of == computed.first_run.as_of
    assert Entry.objects.get(event="memberships.list.kept").payload["expression"] == "anchors AND NOT anchor-families"

    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-01", "attributes": {"orders_90d": 0}}])
    run_now()
    assert list_page(viewer=computed.rep, list_id=kept.pk).external_ids == ["hh-01", "hh-09"]
    anew = make_anew(actor=computed.rep, list_id=kept.pk)
    assert list_page(viewer=computed.rep, list_id=anew.pk).external_ids == ["hh-09"]
    found = compared(viewer=computed.rep, first_id=kept.pk, second_id=anew.pk)
    assert (found.both, len(found.only_first), len(found.only_second)) == (1, 1, 0)
    then = keep_list(actor=computed.rep, name="Then", expression=kept.expression, at=kept.made_at)
    assert then.digest == kept.digest


@pytest.mark.django_db
def test_list__discarded__loses_its_members_and_comes_back_from_history(computed: SimpleNamespace) -> None:
    kept = keep_list(actor=computed.rep, name="All", expression="households")
    with pytest.raises(NotAllowed):
        discard_list(actor=computed.owner, list_id=kept.pk)
    discard_list(actor=computed.rep, list_id=kept.pk)
    row = CustomerList.objects.get(pk=kept.pk)
    assert (row.size, len(bytes(row.members)) < 20) == (0, True)
    with pytest.raises(ListDiscarded):
        list_page(viewer=computed.rep, list_id=kept.pk)
    with pytest.raises(ListDiscarded):
        discard_list(actor=computed.rep, list_id=kept.pk)

    erase_customer(actor=computed.steward, external_id="hh-05", reason="Asked for it.")
    back = restore_list(actor=computed.rep, list_id=kept.pk)
    assert back.size == 10 and back.discarded_at is None
    assert list_page(viewer=computed.rep, list_id=kept.pk).external_ids == [
        each for each in MEMBERS["households"] if each != "hh-05"
    ]
    events = Entry.objects.filter(object_type="list").order_by("pk").values_list("event", flat=True)
    assert list(events) == [f"memberships.list.{what}" for what in ("kept", "discarded", "restored")]

    discard_list(actor=computed.steward, list_id=kept.pk)
    beyond = Snapshot.objects.latest("pk").pk + 99
    gone = [{**row, "position": [row["position"][0], beyond, 1]} for row in back.grounds]
    CustomerList.objects.filter(pk=kept.pk).update(grounds=gone)
    with pytest.raises(HistoryGone):
        restore_list(actor=computed.rep, list_id=kept.pk)


@pytest.mark.django_db
def test_list__customer_erased__is_without_them_at_once_and_for_good(computed: SimpleNamespace) -> None:
    kept = keep_list(actor=computed.rep, name="All", expression="households")
    other = keep_list(actor=computed.rep, name="Anchors", expression="anchors")
    ordinal = erase_customer(actor=computed.steward, external_id="hh-05", reason="Asked for it.")
    page = list_page(viewer=computed.rep, list_id=kept.pk, limit=5)
    assert page.total == 10 and page.external_ids[-1] == "hh-06"
    assert forget_in_lists(ordinal=ordinal) == 1
    assert forget_in_lists(ordinal=ordinal) == 0
    kept.refresh_from_db()
    assert (kept.size, CustomerList.objects.get(pk=other.pk).size) == (10, 3)


@pytest.mark.django_db
def test_list__for_who_may_not_see_customers__is_closed(computed: SimpleNamespace) -> None:
    kept = keep_list(actor=computed.rep, name="All", expression="households")
    with pytest.raises(NotAllowed):
        keep_list(actor=computed.viewer, name="Mine", expression="households")
    with pytest.raises(NotAllowed):
        list_page(viewer=computed.viewer, list_id=kept.pk)
    assert not lists_for(viewer=computed.viewer).exists()
    with pytest.raises(Invalid):
        keep_list(actor=computed.rep, name=" ", expression="households")


@pytest.mark.django_db
def test_list__of_a_segment_not_computed__is_refused_by_name(computed: SimpleNamespace) -> None:
    enact("late", kind="create", parent=None, rule="orders_90d > 5")
    with pytest.raises(NotComputed, match="“late”"):
        keep_list(actor=computed.rep, name="Late", expression=parsed("households OR late"))
