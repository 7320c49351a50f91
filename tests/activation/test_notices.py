"""Notices: four functions told in order, each once, by facts; who sees them, who takes note."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from activation import selectors
from activation.choices import FUNCTIONS, StepState
from activation.errors import NoSuchNotice
from activation.measures import is_large, moved_percent
from activation.models import Announcement, Notice, Step
from activation.sentences import enacted, moved
from activation.services import acknowledge_notice, announce_movements, announce_version, send_due_steps
from activation.states import MOVES, next_state
from activation.tasks import on_memberships_changed, on_memberships_moved, on_version_enacted
from common.actors import SYSTEM
from common.clock import now
from common.errors import NotAllowed
from ledger.models import Entry, Handoff
from ledger.services import announce
from memberships.events import MembershipChanged, MembershipsMoved

HOUR = timedelta(minutes=61)
CHANGE = {"segment_key": "anchors", "version_number": 1, "entered": 60, "left": 40, "size": 420}


def told(**changes: Any) -> Announcement:
    """The functions are told that version 2 of the anchors is in force."""
    given: dict[str, Any] = {"entry_id": 1, "segment_key": "anchors", "version_number": 2, "request_ref": "7"}
    made = announce_version(at=now(), is_new=False, **{**given, **changes})
    assert made is not None
    return made


def states(announcement: Announcement) -> dict[str, str]:
    return dict(announcement.steps.values_list("function", "state"))


def helper(username: str = "helper") -> User:
    """Somebody of the support with a role; the cast has none."""
    person = User.objects.create(username=username, display_name="Hal Helper", function="support")
    person.grants.create(role="viewer", branch="")
    return person


def fact(event: Any) -> Entry:
    with transaction.atomic():
        return announce(event, actor=SYSTEM)


def run_moved(*changes: dict[str, Any], run_id: int = 1) -> Entry:
    """The fact of a micro-batch, delivered."""
    entry = fact(MembershipsMoved(run_id=run_id, customers=9, segments=len(changes), moved=9, changes=list(changes)))
    on_memberships_moved(entry.pk)
    return entry


def test_moves__of_the_table__reach_every_state_and_none_leaves_the_end() -> None:
    assert {"waiting", *MOVES.values()} == set(StepState.values)
    for end in ("acknowledged", "nobody"):
        assert not [move for state, move in MOVES if state == end]
    assert next_state("waiting", "acknowledge") is None
    assert [str(each) for each in FUNCTIONS] == ["marketing", "sales", "support", "product"]


@pytest.mark.parametrize(
    ("entered", "left", "size", "large"),
    [
        (60, 40, 520, True),  # 100 of 500: exactly the percent
        (59, 40, 519, False),  # 99 of 500
        (50, 0, 150, True),  # 50 of 100: exactly the least number
        (49, 0, 149, False),
        (0, 100, 0, True),  # everybody left
        (900, 0, 900, False),  # first computed: nobody moved
    ],
)
def test_movement__from_counts__is_large_from_both_bounds_on(entered: int, left: int, size: int, large: bool) -> None:
    assert is_large(entered, left, size, percent=20, least=50) is large
    assert moved_percent(60, 40, 520) == 20.0


def test_sentences__of_both_kinds__say_what_happened() -> None:
    assert enacted("Anchors", 1, is_new=True) == "Anchors is a new segment: version 1 is in force."
    assert enacted("Anchors", 2, is_new=False) == "Anchors has changed: version 2 is in force."
    assert moved("Anchors", 1200, 300, 3400) == (
        "Anchors moved: 1,500 customers entered or left in one run, 60 % of the members it had."
    )


@pytest.mark.django_db
def test_steps__acknowledged_one_by_one__are_sent_in_order_and_pass_over_nobody(grocer: SimpleNamespace) -> None:
    made = told()
    assert states(made) == {"marketing": "sent", "sales": "waiting", "support": "waiting", "product": "waiting"}
    people = set(Notice.objects.values_list("person__username", flat=True))
    assert people == {"owner", "marketing_member"}
    assert send_due_steps() == 0, "it waits for marketing"

    acknowledge_notice(actor=grocer.owner, announcement_id=made.pk)
    assert states(made) == {"marketing": "acknowledged", "sales": "sent", "support": "waiting", "product": "waiting"}
    assert not Notice.objects.filter(person=grocer.deactivated).exists(), "they left"
    acknowledge_notice(actor=grocer.rep, announcement_id=made.pk)
    assert states(made) == {
        "marketing": "acknowledged",
        "sales": "acknowledged",
        "support": "nobody",
        "product": "sent",
    }
    acknowledge_notice(actor=grocer.viewer, announcement_id=made.pk)
    assert states(made)["product"] == "acknowledged"

    events = Entry.objects.filter(event__startswith="activation.").order_by("pk")
    assert [(entry.event, entry.payload.get("function")) for entry in events] == [
        ("activation.announcement.made", None),
        ("activation.step.acknowledged", "marketing"),
        ("activation.step.acknowledged", "sales"),
        ("activation.step.acknowledged", "product"),
    ]
    assert events[1].actor_id == grocer.owner.pk


@pytest.mark.django_db
def test_step__whose_patience_is_over__lets_the_next_go_and_can_still_be_acknowledged(grocer: SimpleNamespace) -> None:
    helper()
    start = now()
    with time_machine.travel(start, tick=False):
        made = told()
    with time_machine.travel(start + timedelta(minutes=59), tick=False):
        assert send_due_steps() == 0
    for hours, function in enumerate(("sales", "support", "product"), start=1):
        with time_machine.travel(start + hours * HOUR, tick=False):
            assert send_due_steps() == 1
            assert send_due_steps() == 0
        assert states(made)[function] == "sent"
    assert [step.sent_at for step in made.steps.all()] == [start + hours * HOUR for hours in range(4)]
    acknowledge_notice(actor=grocer.marketing_member, announcement_id=made.pk)
    assert list(states(made).values()) == ["acknowledged", "sent", "sent", "sent"]


@pytest.mark.django_db
def test_steps__without_patience__are_all_sent_at_once(grocer: SimpleNamespace, settings: Any) -> None:
    settings.SEGPORTAL_NOTICE_PATIENCE_MINUTES = 0
    assert list(states(told()).values()) == ["sent", "sent", "nobody", "sent"]


@pytest.mark.django_db
def test_announcement__with_nobody_anywhere__passes_over_all_and_is_over(grocer: SimpleNamespace) -> None:
    User.objects.update(function="finance")
    assert set(states(told()).values()) == {"nobody"}
    assert send_due_steps() == 0


@pytest.mark.django_db
def test_acknowledging__by_two_of_one_function__counts_the_first(grocer: SimpleNamespace) -> None:
    made = told()
    acknowledge_notice(actor=grocer.owner, announcement_id=made.pk)
    acknowledge_notice(actor=grocer.marketing_member, announcement_id=made.pk)
    step = made.steps.get(function="marketing")
    assert step.acknowledged_by_id == grocer.owner.pk
    assert Entry.objects.filter(event="activation.step.acknowledged").count() == 1
    assert Notice.objects.get(person=grocer.marketing_member).acknowledged_at is None


@pytest.mark.django_db
def test_acknowledging__by_others__is_refused_and_strangers_see_nothing(
    grocer: SimpleNamespace, client_of: Any
) -> None:
    made = told()
    grocer.stranger.function = "marketing"
    grocer.stranger.save()
    with pytest.raises(NotAllowed, match="to whom this notice was sent"):
        acknowledge_notice(actor=grocer.rep, announcement_id=made.pk)
    with pytest.raises(NoSuchNotice):
        acknowledge_notice(actor=grocer.stranger, announcement_id=made.pk)
    with pytest.raises(NoSuchNotice):
        acknowledge_notice(actor=grocer.owner, announcement_id=made.pk + 1)
    assert states(made)["marketing"] == "sent"
    path = f"/notices/{made.pk}/"
    assert client_of(grocer.stranger).get(path).status_code == 404
    page = client_of(grocer.rep).get(path).content
    assert b"Only people to whom this notice was sent" in page
    assert b"/acknowledge/" not in page
    assert states(made)["marketing"] == "sent", "who was not told has not seen it for the others"
    assert client_of(grocer.rep).post(f"{path}acknowledge/").status_code == 403
    told(entry_id=2)
    assert not Notice.objects.filter(person=grocer.stranger).exists(), "who may not see the segment is not told"


@pytest.mark.django_db
def test_facts__delivered_twice__are_told_once(grocer: SimpleNamespace) -> None:
    entry = Entry.objects.filter(event="taxonomy.version.enacted", object_key="anchors").get()
    for _ in range(2):
        on_version_enacted(entry.pk)
    made = Announcement.objects.get()
    assert (made.entry_id, made.kind, made.version_number, made.request_ref) == (entry.pk, "enacted", 1, "set-up")
    assert made.sentence == "Anchor households is a new segment: version 1 is in force."
    assert Handoff.objects.get(entry=entry, consumer="activation.on_version_enacted").state == "done"
    again = announce_version(
        entry_id=entry.pk, at=now(), segment_key="anchors", version_number=1, is_new=True, request_ref=""
    )
    assert again is None
    assert (Step.objects.count(), Entry.objects.filter(event="activation.announcement.made").count()) == (4, 1)
    correlation = Entry.objects.get(event="activation.announcement.made").correlation_id
    assert correlation == entry.correlation_id, "one thread from the enactment to the notice"


@pytest.mark.django_db
def test_movements__of_one_run__are_told_when_large_and_once_a_day(grocer: SimpleNamespace, settings: Any) -> None:
    small = {**CHANGE, "segment_key": "occasional", "entered": 10, "left": 3}
    first = {**CHANGE, "segment_key": "households", "entered": 900, "left": 0, "size": 900}
    entry = run_moved(CHANGE, small, first)
    on_memberships_moved(entry.pk)
    made = Announcement.objects.get()
    assert (made.kind, made.segment_key, made.run_id, made.entry_id) == ("moved", "anchors", 1, entry.pk)
    assert made.sentence.startswith("Anchor households moved: 100 customers")

    changed = fact(MembershipChanged(run_id=2, **CHANGE))  # a full run, the same day
    on_memberships_changed(changed.pk)
    assert Announcement.objects.count() == 1
    tomorrow = now() + timedelta(days=1)
    assert len(announce_movements(entry_id=999, at=tomorrow, run_id=3, changes=[CHANGE])) == 1
    settings.SEGPORTAL_LARGE_MOVE_PERCENT = 1
    run_moved({**small, "entered": 60}, CHANGE, run_id=4)
    assert list(Announcement.objects.values_list("segment_key", flat=True)) == ["occasional", "anchors", "anchors"]
    told()  # a new version is told of whatever moved that day
    with pytest.raises(IntegrityError), transaction.atomic():
        Announcement.objects.filter(kind="moved", segment_key="anchors").update(on=datetime.now(UTC).date())


@pytest.mark.django_db
def test_home__while_something_waits__shows_it_and_one_click_settles_it(
    grocer: SimpleNamespace, client_of: Any
) -> None:
    owner = client_of(grocer.owner)
    assert b"panel-activation-notices" not in owner.get("/").content
    empty = owner.get("/notices/").content
    assert b"No notices yet" in empty
    made = told()
    page = owner.get("/").content
    assert b"panel-activation-notices" in page
    assert f'action="/notices/{made.pk}/acknowledge/"'.encode() in page
    assert b"panel-activation-notices" not in client_of(grocer.rep).get("/").content, "sales is not told yet"
    assert owner.post(f"/notices/{made.pk}/acknowledge/", {"from": "home"})["Location"] == "/"
    assert b"panel-activation-notices" not in owner.get("/").content
    assert b"panel-activation-notices" not in client_of(grocer.marketing_member).get("/").content


@pytest.mark.django_db
def test_pages__from_unread_to_acknowledged__show_the_steps_and_where_they_lead(
    grocer: SimpleNamespace, client_of: Any
) -> None:
    made, later = told(), told(entry_id=2, version_number=1, request_ref="set-up")
    member = client_of(grocer.marketing_member)
    assert selectors.unread_count(grocer.marketing_member) == 2
    page = member.get(f"/notices/{later.pk}/").content.decode()
    assert 'href="/segments/anchors/versions/1/"' in page
    assert "/requests/set-up" not in page
    assert states(later)["marketing"] == "seen"
    rows = [row.step.announcement_id for row in selectors.notices_for(viewer=grocer.marketing_member)]
    assert rows == [made.pk, later.pk], "unread first"
    inbox = member.get("/notices/").content.decode()
    assert inbox.index(f"/notices/{made.pk}/") < inbox.index(f"/notices/{later.pk}/")
    assert ">1</span> unread notice" in inbox
    acted = member.post(f"/notices/{made.pk}/acknowledge/")
    assert acted["Location"] == f"/notices/{made.pk}/"
    page = member.get(f"/notices/{made.pk}/").content.decode()
    assert "by <bdi>Mark Marsh</bdi>" in page
    assert 'href="/requests/7/"' in page
    assert "/acknowledge/" not in page
    assert [page.index(name) for name in ("Marketing", "Sales", "Support", "Product")] == sorted(
        page.index(name) for name in ("Marketing", "Sales", "Support", "Product")
    )


@pytest.mark.django_db
def test_api__from_inbox_to_acknowledged__answers_like_the_pages(grocer: SimpleNamespace, api_of: Any) -> None:
    made = told()
    owner = api_of(grocer.owner)
    (row,) = owner.get("/api/v1/notices/").json()["results"]
    assert (row["function"], row["announcement"]["id"], row["seen_at"]) == ("marketing", made.pk, None)
    assert [step["state"] for step in row["announcement"]["steps"]] == ["sent", "waiting", "waiting", "waiting"]
    path = f"/api/v1/notices/{made.pk}/acknowledge/"
    assert api_of(grocer.owner, ("read",)).post(path).status_code == 403
    assert api_of(grocer.rep).post(path).status_code == 403
    assert api_of(grocer.stranger).post(path).status_code == 404
    answer = owner.post(path)
    assert answer.status_code == 200
    steps = answer.json()["steps"]
    assert (steps[0]["state"], steps[0]["acknowledged_by"], steps[1]["state"]) == ("acknowledged", "owner", "sent")
    assert owner.post(path).json() == answer.json(), "twice is once"
    assert api_of(grocer.stranger).get("/api/v1/notices/").json()["results"] == []


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed gave, all started at one instant, each on a connection of its own."""
    barrier = threading.Barrier(len(deeds))
    results: list[Any] = [None] * len(deeds)

    def run(index: int, deed: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            results[index] = deed()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=40)
    return results


@pytest.mark.django_db(transaction=True)
def test_deeds__two_at_once__take_effect_once(grocer: SimpleNamespace) -> None:
    each = {"at": now(), "changes": [CHANGE], "run_id": 1}
    made = at_once(*[lambda n=n: announce_movements(entry_id=n, **each) for n in (1, 2)])
    assert sorted(len(rows) for rows in made) == [0, 1]
    announcement = Announcement.objects.get()
    Step.objects.filter(function="marketing").update(patient_until=now() - timedelta(seconds=1))
    at_once(send_due_steps, send_due_steps, send_due_steps)
    assert states(announcement)["sales"] == "sent"
    assert Notice.objects.filter(step__function="sales").count() == 3
    at_once(*[lambda who=who: acknowledge_notice(actor=who, announcement_id=announcement.pk)
              for who in (grocer.owner, grocer.marketing_member)])  # fmt: skip
    assert Entry.objects.filter(event="activation.step.acknowledged").count() == 1
