"""Freezing and lifting: who may, who hears of it, what is refused, what ends by itself."""

import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from common.clock import now
from common.errors import Invalid, NotAllowed
from ledger.models import Entry
from notifications.models import Notification
from reviews.services.boards import define_board
from safeguards.errors import FrozenAlready, InvalidFreeze, LiftedAlready, NoSuchFreeze
from safeguards.models import Freeze
from safeguards.selectors import freeze_of, frozen_keys, home_panels
from safeguards.services import freeze, heed, lift, lift_ended

pytestmark = pytest.mark.django_db
Stop = Callable[..., Freeze]


def facts(name: str) -> list[dict[str, Any]]:
    return [entry.payload for entry in Entry.objects.filter(event=name).order_by("pk")]


def test_freeze__a_segment__stands_with_its_reason_and_is_told_to_owners_board_and_auditors(
    grocer: SimpleNamespace,
) -> None:
    made = freeze(actor=grocer.owner, scope="segment", key="anchors", reason="The till sends nonsense.")
    assert (freeze_of("segment", "anchors"), frozen_keys("segment")) == (made, {"anchors"})
    assert facts("safeguards.freeze.begun") == [{"freeze_id": made.pk, "scope": "segment", "key": "anchors"}]
    told = set(Notification.objects.filter(key=f"freeze:{made.pk}:begun").values_list("person__username", flat=True))
    assert told == {"owner", "steward", "auditor", "marketing_member", "sales_member", "finance_member"}


def test_freeze__a_board_of_another_branch__hears_nothing(grocer: SimpleNamespace) -> None:
    define_board(
        actor=grocer.administrator,
        key="other",
        name="Other",
        branches=["occasional"],
        policy={"quorum": 1},
        seats={"product": ["viewer"]},
    )
    freeze(actor=grocer.steward, scope="segment", key="anchors", reason="Wait.")
    assert not Notification.objects.filter(person=grocer.viewer, kind="freeze").exists()


@pytest.mark.parametrize(
    ("scope", "key", "allowed"),
    [
        ("segment", "anchors", {"steward", "administrator", "owner"}),
        ("source", "pos", {"steward", "administrator"}),
        ("activation", "", {"steward", "administrator"}),
    ],
)
def test_freeze__each_role__only_those_who_answer_for_it(
    grocer: SimpleNamespace, scope: str, key: str, allowed: set[str]
) -> None:
    names = {"steward", "administrator", "owner", "rep", "learner", "viewer", "auditor", "marketing_member", "stranger"}
    may = set()
    for name in names:
        try:
            made = freeze(actor=getattr(grocer, name), scope=scope, key=key, reason="Wait.")
        except NotAllowed:
            continue
        may.add(name)
        lift(actor=getattr(grocer, name), freeze_id=made.pk, reason="Go on.")
    assert may == allowed


def test_freeze__what_does_not_exist_or_has_no_reason__is_refused(grocer: SimpleNamespace) -> None:
    for scope, key in (("segment", "nothing"), ("source", "anchors"), ("activation", "anchors"), ("moon", "x")):
        with pytest.raises(NoSuchFreeze):
            freeze(actor=grocer.steward, scope=scope, key=key, reason="Wait.")
    with pytest.raises(Invalid):
        freeze(actor=grocer.steward, scope="source", key="pos", reason="  ")
    with pytest.raises(InvalidFreeze):
        freeze(actor=grocer.steward, scope="source", key="pos", reason="Wait.", until=now() - timedelta(hours=1))
    assert not Freeze.objects.exists()


def test_freeze__frozen_already__is_refused_and_free_again_after_lifting(grocer: SimpleNamespace, stop: Stop) -> None:
    first = stop("source", "pos")
    with pytest.raises(FrozenAlready):
        stop("source", "pos")
    lift(actor=grocer.administrator, freeze_id=first.pk, reason="Mended.")
    with pytest.raises(LiftedAlready):
        lift(actor=grocer.administrator, freeze_id=first.pk, reason="Mended.")
    assert stop("source", "pos").pk != first.pk
    assert facts("safeguards.freeze.lifted") == [
        {"freeze_id": first.pk, "scope": "source", "key": "pos", "is_ended": False}
    ]


def test_lift_ended__twice__lifts_once_and_leaves_others(grocer: SimpleNamespace, stop: Stop) -> None:
    over = stop("segment", "anchors", until=now() + timedelta(hours=1))
    stop("source", "pos")
    Freeze.objects.filter(pk=over.pk).update(at=now() - timedelta(hours=3), until=now() - timedelta(hours=1))
    assert (lift_ended(), lift_ended()) == (1, 0)
    over.refresh_from_db()
    assert (over.lifted_by, over.lift_reason) == (None, "Its time was over.")
    assert frozen_keys("source") == {"pos"}
    assert [fact["is_ended"] for fact in facts("safeguards.freeze.lifted")] == [True]


def test_home__while_something_is_frozen__everybody_with_a_role_sees_it(grocer: SimpleNamespace, stop: Stop) -> None:
    assert home_panels(grocer.viewer) == []
    stop("segment", "anchors")
    assert [item.detail for panel in home_panels(grocer.viewer) for item in panel.items] == ["The till sends nonsense."]
    assert home_panels(grocer.stranger) == []


@pytest.mark.django_db(transaction=True)
def test_freeze__somebody_is_writing__waits_until_they_have_committed(grocer: SimpleNamespace) -> None:
    heeded, go_on, order = threading.Event(), threading.Event(), []

    def write() -> None:
        try:
            with transaction.atomic():
                order.append(f"wrote with {sorted(heed('segment'))}")
                heeded.set()
                go_on.wait(10)
                order.append("committed")
        finally:
            connection.close()

    def stop() -> None:
        try:
            freeze(actor=grocer.steward, scope="segment", key="anchors", reason="Wait.")
            order.append("frozen")
        finally:
            connection.close()

    writer, freezer = threading.Thread(target=write), threading.Thread(target=stop)
    writer.start()
    assert heeded.wait(10)
    freezer.start()
    freezer.join(0.3)
    go_on.set()
    writer.join(10)
    freezer.join(10)
    assert order == ["wrote with []", "committed", "frozen"]


@pytest.mark.django_db(transaction=True)
def test_freeze__six_people_at_once__one_freeze_stands(grocer: SimpleNamespace) -> None:
    barrier, ends = threading.Barrier(6), []

    def stop() -> None:
        try:
            barrier.wait(10)
            freeze(actor=grocer.steward, scope="segment", key="anchors", reason="Wait.")
            ends.append("frozen")
        except FrozenAlready:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=stop) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sorted(ends) == ["frozen"] + ["refused"] * 5
    assert len(facts("safeguards.freeze.begun")) == 1
