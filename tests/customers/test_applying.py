"""Applying events to customers: order, links, merges, problems, poison."""

import os
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from accounts.services import create_token
from common.errors import NotAllowed
from customers.errors import CannotApplyAgain, MergedAway
from customers.models import Customer, Event, EventProblem, Link, ReceivedMessage
from customers.rows.clocks import clock_of
from customers.rows.tracking import Message
from customers.selectors import customer, customer_count
from customers.selectors.invariants import breaches
from customers.selectors.problems import problem_lines, problems_for
from customers.services import batches
from customers.services.applying import apply_events
from customers.services.attributes import define_attribute
from customers.services.erasure import erase_customer
from customers.services.locks import SOLE_APPLIER
from customers.services.merging import compare_rows
from customers.services.problems import apply_again, record_problem, set_aside
from customers.services.profiles import merge_customer, merge_customers_bulk
from customers.services.receiving_events import receive_events
from customers.services.repeating import repeat_events

T0 = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
Announced = Callable[[str], list[dict[str, Any]]]


def told(kind: str, number: int, *, minutes: int = 0, name: str = "", **fields: Any) -> Message:
    """A message of that many minutes after noon."""
    ids = {key: fields.pop(key, "") for key in ("user_id", "anonymous_id", "group_id", "previous_id")}
    return Message(
        type=kind,
        message_id=f"m{number}",
        at=T0 + timedelta(minutes=minutes),
        name=name,
        content=fields,
        context={},
        **ids,
    )


SIX = (
    told("identify", 1, minutes=10, user_id="anna", orders=1, city="Basel"),
    told("identify", 2, minutes=30, user_id="anna", anonymous_id="x", orders=3, tier="gold"),
    # Older than both, and told under the former id.
    told("identify", 3, minutes=5, user_id="old-anna", orders=9, city="Bern", is_member=True),
    told("track", 4, minutes=20, anonymous_id="x", name="Order"),
    told("alias", 5, minutes=15, previous_id="old-anna", user_id="anna"),
    told("group", 6, minutes=25, user_id="anna", group_id="acme", city="Zug"),
)


def send(messages: Iterable[Message], received_at: datetime = T0 + timedelta(minutes=40)) -> None:
    receive_events(source_key="till", messages=list(messages), received_at=received_at)


def apply_all(limit: int = 2000) -> None:
    while apply_events(limit=limit) is not None:
        pass


def outcome() -> dict[str, Any]:
    """All that must not depend on the order: customers with values and clocks, links, and whose each event is."""
    names = dict(Customer.objects.values_list("ordinal", "external_id"))
    alive = Customer.objects.filter(is_erased=False)
    return {
        "customers": {row.external_id: (row.attributes, row.clocks) for row in alive},
        "links": {(link.kind, link.name): (link.external_id, tuple(link.clock)) for link in Link.objects.all()},
        "events": {event.message_id: names.get(event.customer_ordinal or -1) for event in Event.objects.all()},
        "waiting": Event.objects.filter(applied_at=None).count(),
    }


def forget() -> None:
    with connection.cursor() as cursor:
        for table in ("event", "receivedmessage", "link", "customer", "eventproblem"):
            cursor.execute(f"DELETE FROM customers_{table}")


@pytest.fixture
def expected(catalogue: SimpleNamespace) -> dict[str, Any]:
    send(SIX)
    apply_all()
    found = outcome()
    forget()
    return found


def test_apply_events__six_events__values_by_clock_owners_by_id(expected: dict[str, Any]) -> None:
    values = {key: value for key, (value, _) in expected["customers"].items()}
    assert values == {
        "anna": {"orders": 3, "city": "Basel", "tier": "gold", "is_member": True},
        "acme": {"city": "Zug"},
    }
    assert set(expected["events"].values()) == {"anna"}
    assert expected["waiting"] == 0


# All 720 orders and a thousand odd stories: ALL_ORDERS=1.
IS_WHOLE = bool(os.environ.get("ALL_ORDERS"))


def test_apply_events__orders_and_splits__end_alike(expected: dict[str, Any]) -> None:
    orders = list(permutations(SIX))
    for position, order in enumerate(orders if IS_WHOLE else random.Random(1).sample(orders, 12)):
        if position % 2:
            for message in order:
                send([message])
                apply_all()
        else:
            send(order)
            apply_all(limit=position % 5 + 1)
        assert outcome() == expected, [message.message_id for message in order]
        forget()


def odd_story(chance: random.Random) -> list[Message]:
    """Some events of few people who are merged, linked and grouped in every odd way."""
    story = []
    for number in range(chance.randint(3, 8)):
        kind = chance.choice(("identify", "track", "group", "alias", "alias"))
        user, other = chance.choice("abcd"), chance.choice("abcdxy")
        ids = {"user_id": user, "anonymous_id": chance.choice(("", "x", "y"))}
        if kind == "track" and chance.random() < 0.6:
            ids = {"anonymous_id": chance.choice("xy")}
        if kind == "alias":
            ids = {"user_id": user, "previous_id": other}
        traits = {key: chance.choice((None, 1, 2, 3)) for key in ("orders", "seats") if chance.random() < 0.7}
        more = {**traits} if kind in ("identify", "group") else {}
        group = {"group_id": chance.choice("cdg")} if kind == "group" else {}
        story.append(told(kind, number, minutes=chance.randint(0, 4), **ids, **group, **more))
    return story


def test_apply_events__odd_stories_in_two_orders__end_alike(catalogue: SimpleNamespace) -> None:
    content = {"label": "Seats", "type": "number", "dimension": "value"}
    define_attribute(actor=catalogue.steward, key="seats", content=content)
    # 240: an anonymous id gets another owner in the batch in which its owner is merged away.
    for seed in range(1000) if IS_WHOLE else (*range(7), 240):
        chance = random.Random(seed)
        story = odd_story(chance)
        outcomes = []
        for _ in range(2):
            while story:
                part = chance.randint(1, len(story))
                send(story[:part])
                apply_all(limit=chance.randint(1, 4))
                story = story[part:]
            outcomes.append(outcome())
            assert breaches() == [], seed
            forget()
            story = odd_story(random.Random(seed))
            chance.shuffle(story)
        assert outcomes[0] == outcomes[1], seed


def test_apply_events__twice__nothing_more_happens(expected: dict[str, Any], announced: Announced) -> None:
    send(SIX)
    apply_all()
    send(SIX)
    before = Customer.objects.order_by("ordinal").values_list("changed_seq", flat=True)[::1]
    facts = len(announced("customers.profiles.changed"))
    assert apply_events() is None
    assert Customer.objects.order_by("ordinal").values_list("changed_seq", flat=True)[::1] == before
    assert len(announced("customers.profiles.changed")) == facts


def test_apply_events__batch__one_fact_and_numbers_from_the_sequence(
    catalogue: SimpleNamespace, announced: Announced
) -> None:
    send([told("identify", 1, user_id="a", orders=1), told("identify", 2, user_id="b", orders=1)])
    applied = apply_events()
    assert applied is not None
    assert (applied.events, applied.customers_changed) == (2, 2)
    assert announced("customers.profiles.changed") == [
        {"ordinal": None, "created": 2, "changed": 0, "source_key": "till"}
    ]
    numbers = [
        *Event.objects.values_list("applied_seq", flat=True),
        *Customer.objects.values_list("changed_seq", flat=True),
    ]
    assert len(set(numbers)) == 4
    row = Customer.objects.get(external_id="a")
    assert (row.change_cause, row.arrived_at) == ("data", T0 + timedelta(minutes=40))


def test_apply_events__older_than_what_is_there__late_and_newer_value_stays(catalogue: SimpleNamespace) -> None:
    merge_customer(actor=catalogue.steward, external_id="a", attributes={"orders": 7, "city": None})
    send([told("identify", 1, user_id="a", orders=1, tier="gold")])
    apply_all()
    row = Customer.objects.get(external_id="a")
    assert row.attributes == {"orders": 7, "tier": "gold"}
    assert row.change_cause == "late"


def test_apply_events__long_on_the_way__late(catalogue: SimpleNamespace) -> None:
    send([told("track", 1, user_id="a", name="Order")], received_at=T0 + timedelta(hours=2))
    apply_all()
    assert Customer.objects.get(external_id="a").change_cause == "late"


def test_merge_customer__after_events__newer_than_they_and_clears_for_good(catalogue: SimpleNamespace) -> None:
    send([told("identify", 1, user_id="a", orders=1, city="Bern", tier="gold")])
    apply_all()
    merge_customer(actor=catalogue.steward, external_id="a", attributes={"orders": 2, "city": None, "tier": "gold"})
    row = Customer.objects.get(external_id="a")
    assert row.attributes == {"orders": 2, "tier": "gold"}
    # Said a second time without another value: as old as the second time.
    merge_customer(actor=catalogue.steward, external_id="a", attributes={"tier": "gold"})
    late = [told("identify", 2, minutes=5, user_id="a", orders=9, city="Genf", tier="silver")]
    send(late)
    apply_all()
    assert Customer.objects.get(external_id="a").attributes == {"orders": 2, "tier": "gold"}


def test_apply_events__odd_traits__fitting_ones_stored_others_counted(catalogue: SimpleNamespace) -> None:
    send(
        [
            told("identify", 1, user_id="a", orders="many", city="Bern", Shoe=44),
            told("identify", 2, user_id="b", orders="few", Shoe=45, isMember=True),
        ]
    )
    apply_all()
    assert Customer.objects.get(external_id="a").attributes == {"city": "Bern"}
    assert Customer.objects.get(external_id="b").attributes == {"is_member": True}
    rows = EventProblem.objects.values_list("source_key", "key", "code", "count", "example", "example_message_id")
    assert set(rows) == {
        ("till", "orders", "wrong_type", 2, "few", "m2"),
        ("till", "Shoe", "unknown_attribute", 2, 45, "m2"),
    }


def test_apply_events__above_the_rights_of_the_key__refused(catalogue: SimpleNamespace) -> None:
    create_token(
        actor=catalogue.administrator,
        user_id=catalogue.administrator.pk,
        name="k",
        scopes=("ingest",),
        source_key="till",
    )
    send([told("identify", 1, user_id="a", diet="vegan", city="Bern")])
    apply_all()
    assert Customer.objects.get(external_id="a").attributes == {"city": "Bern"}
    assert EventProblem.objects.get().code == "above_rights"


def test_apply_events__id_that_no_customer_can_have__problem_and_nobodys(catalogue: SimpleNamespace) -> None:
    Event.objects.create(
        received_at=T0, at=T0, source_key="till", message_id="m", type="track", name="x", user_id="a/b", content={}
    )
    send([told("track", 1, user_id="b", name="Order")])
    apply_all()
    assert [row.external_id for row in Customer.objects.all()] == ["b"]
    assert EventProblem.objects.get().key == "userId"
    assert Event.objects.filter(applied_at=None).count() == 0


def test_apply_events__poison__put_aside_and_the_others_applied(
    catalogue: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = batches.typed_traits

    def breaks(traits: Any, *given: Any, **more: Any) -> Any:
        if "bomb" in traits:
            raise ZeroDivisionError
        return whole(traits, *given, **more)

    monkeypatch.setattr(batches, "typed_traits", breaks)
    send([told("identify", number, user_id=f"c{number}", orders=number) for number in range(5)])
    send([told("identify", 7, user_id="c7", bomb=1)])
    send([told("identify", number, user_id=f"c{number}", orders=number) for number in range(10, 13)])
    apply_all()
    assert Customer.objects.count() == 8
    assert EventProblem.objects.get().code == "not_applicable"
    assert Event.objects.filter(applied_at=None).count() == 0


def test_apply_events__alias__merged_one_is_gone_for_good(catalogue: SimpleNamespace, announced: Announced) -> None:
    merge_customers_bulk(
        actor=catalogue.steward,
        rows=[
            {"external_id": "old", "attributes": {"city": "Bern", "orders": 1}},
            {"external_id": "new", "attributes": {"city": "Zug"}},
        ],
    )
    old = Customer.objects.get(external_id="old")
    send([told("track", 1, user_id="old", name="Order"), told("alias", 2, previous_id="old", user_id="new")])
    apply_all()
    old.refresh_from_db()
    new = Customer.objects.get(external_id="new")
    assert (old.is_erased, old.merged_into_id, old.attributes, old.change_cause) == (True, new.ordinal, {}, "merge")
    assert (new.attributes, new.change_cause) == ({"city": "Zug", "orders": 1}, "merge")
    assert announced("customers.customers.merged") == [{"ordinal": old.ordinal, "survivor_ordinal": new.ordinal}]
    assert customer_count() == 1
    # Neither an import nor a program brings it back: both reach the survivor.
    result = merge_customers_bulk(
        actor=catalogue.steward, rows=[{"external_id": "old", "attributes": {"tier": "gold"}}]
    )
    send([told("identify", 3, minutes=5, user_id="old", is_member=True)])
    apply_all()
    assert result[0].status == "changed"
    assert customer("new").attributes == {"city": "Zug", "orders": 1, "tier": "gold", "is_member": True}
    assert Customer.objects.filter(is_erased=False).count() == 1
    with pytest.raises(MergedAway) as caught:
        customer("old")
    assert caught.value.extra == {"merged_into": "new"}
    assert compare_rows({"old": {"tier": "gold"}}) == (0, 0, 1)


def test_breaches__changed_by_hand__each_is_named(catalogue: SimpleNamespace) -> None:
    send(SIX)
    apply_all()
    assert breaches() == []
    anna = Customer.objects.get(external_id="anna")
    back = Customer.objects.create(external_id="old-anna", created_at=T0, changed_at=T0)
    Event.objects.filter(message_id="m6").update(message_id="m5", customer_ordinal=back.ordinal)
    Customer.objects.filter(external_id="anna").update(is_erased=True, attributes={})
    Customer.objects.filter(external_id="acme").update(is_erased=True, attributes={}, merged_into=anna)
    words = " ".join(breaches())
    for said in ("stored twice", "who is gone", "another customer than", "merged into one", "is here", "leads to"):
        assert said in words


def test_apply_events__alias_there_and_back__the_named_one_lives(catalogue: SimpleNamespace) -> None:
    send([told("identify", 1, user_id="a", orders=1), told("identify", 2, user_id="b", city="Bern")])
    apply_all()
    send([told("alias", 3, minutes=1, previous_id="a", user_id="b")])
    apply_all()
    send([told("alias", 4, minutes=2, previous_id="b", user_id="a")])
    apply_all()
    assert customer("a").attributes == {"orders": 1, "city": "Bern"}
    gone = Customer.objects.get(external_id="b")
    assert (gone.is_erased, gone.merged_into) == (True, Customer.objects.get(external_id="a"))


def test_apply_events__anonymous_id_of_another_user__its_events_move(catalogue: SimpleNamespace) -> None:
    send(
        [
            told("track", 1, anonymous_id="x", name="Visit"),
            told("identify", 2, minutes=1, user_id="a", anonymous_id="x"),
        ]
    )
    apply_all()
    a = Customer.objects.get(external_id="a")
    assert Event.objects.filter(customer_ordinal=a.ordinal).count() == 2
    send([told("identify", 3, minutes=2, user_id="b", anonymous_id="x")])
    apply_all()
    b = Customer.objects.get(external_id="b")
    owners = dict(Event.objects.values_list("message_id", "customer_ordinal"))
    assert owners == {"m1": b.ordinal, "m2": a.ordinal, "m3": b.ordinal}
    before, a = a, Customer.objects.get(external_id="a")
    assert a.changed_seq > before.changed_seq


def test_apply_events__somebody_else_applies__does_nothing(catalogue: SimpleNamespace) -> None:
    send(SIX)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [SOLE_APPLIER])
            assert apply_events() is None
            # At once: when a closed connection lets go is up to the server.
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SOLE_APPLIER])
    finally:
        other.close()
    apply_all()
    assert Event.objects.filter(applied_at=None).count() == 0


def test_apply_again__attribute_defined__stored_events_give_it_as_old_as_they_are(
    catalogue: SimpleNamespace, announced: Announced
) -> None:
    send(
        [
            told("identify", 1, minutes=1, user_id="a", shoeSize=44, Hat="M"),
            told("identify", 2, user_id="b", shoeSize="x"),
        ]
    )
    apply_all()
    problem = EventProblem.objects.get(key="shoeSize")
    with pytest.raises(CannotApplyAgain):
        apply_again(actor=catalogue.steward, problem_id=problem.pk)
    content = {"label": "Shoe size", "type": "number", "dimension": "demographic"}
    define_attribute(actor=catalogue.steward, key="shoe_size", content=content)
    apply_again(actor=catalogue.steward, problem_id=problem.pk)
    with pytest.raises(NotAllowed):
        apply_again(actor=catalogue.rep, problem_id=problem.pk)
    while repeat_events(limit=1) is not None:
        pass
    row = Customer.objects.get(external_id="a")
    assert row.attributes == {"shoe_size": 44}
    assert (row.change_cause, row.arrived_at is not None and row.arrived_at > T0 + timedelta(hours=1)) == ("late", True)
    assert row.clocks["shoe_size"] == list(clock_of(T0 + timedelta(minutes=1), "m1"))
    problem.refresh_from_db()
    assert problem.resolved_at is not None
    counts = EventProblem.objects.values_list("key", "code", "count")
    assert set(counts) == {
        ("shoeSize", "unknown_attribute", 0), ("shoe_size", "wrong_type", 1), ("Hat", "unknown_attribute", 1)
    }  # fmt: skip
    assert repeat_events() is None
    assert announced("customers.problem.settled")[0]["deed"] == "apply again"


def test_set_aside__problem__closed_until_the_next_one(catalogue: SimpleNamespace) -> None:
    send([told("identify", 1, user_id="a", shoe=1)])
    apply_all()
    problem = set_aside(actor=catalogue.steward, problem_id=EventProblem.objects.get().pk)
    assert list(problems_for(viewer=catalogue.steward)) == []
    send([told("identify", 2, user_id="a", shoe=1)])
    apply_all()
    assert [(row.pk, row.count) for row in problems_for(viewer=catalogue.steward)] == [(problem.pk, 2)]


def test_problem_lines__personal_or_unknown__masked_for_those_without_the_right(catalogue: SimpleNamespace) -> None:
    send([told("identify", 1, user_id="a", has_children="no", orders="x", mail="a@b.example", diet=1)])
    apply_all()

    def seen(viewer: Any) -> dict[str, Any]:
        lines = problem_lines(viewer=viewer, problems=list(problems_for(viewer=viewer)))
        return {line.problem.key: line.example for line in lines}

    every = {"has_children": "no", "orders": "x", "mail": "a@b.example", "diet": 1}
    assert seen(catalogue.steward) == every
    assert seen(catalogue.owner) == {"orders": "x", "mail": None}
    assert seen(catalogue.stranger) == {}


def test_erase_customer__with_events__nothing_of_them_stays(catalogue: SimpleNamespace) -> None:
    send(
        [
            told("identify", 1, user_id="old", anonymous_id="x", orders="x-1"),
            told("track", 2, anonymous_id="x", name="Visit"),
            told("alias", 3, previous_id="old", user_id="new"),
            told("group", 4, user_id="other", group_id="new", city="Bern"),
            told("track", 5, user_id="other", name="Visit"),
        ]
    )
    apply_all()
    send([told("track", 6, user_id="old", name="Later")])
    refused = {"source_key": "till", "key": "", "code": "odd", "detail": "x", "message_id": "", "at": T0}
    record_problem(**refused, example='{"userId": "old"')
    erase_customer(actor=catalogue.steward, external_id="new", reason="asked for")
    assert [event.message_id for event in Event.objects.all()] == ["m5"]
    assert [message.message_id for message in ReceivedMessage.objects.all()] == ["m5"]
    assert not Link.objects.exists()
    assert list(EventProblem.objects.values_list("example", flat=True)) == [None, None]
    apply_all()
    assert {row.external_id.split("/")[0] for row in Customer.objects.all()} == {"erased", "other"}
    assert Customer.objects.filter(is_erased=True).exclude(clocks={}).count() == 0
