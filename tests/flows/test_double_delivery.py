"""The main job with every message delivered once, twice, and newest first: the same end state."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app

from ledger.models import Entry, Handoff
from memberships.models import Delta, Run
from tests.flows.test_story_api import BRIEF, PLAYBOOK, Program, approve

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20


@pytest.fixture
def programs(transactional_db: None, grocer: SimpleNamespace, api_of: Any) -> SimpleNamespace:
    current_app.loader.import_default_modules()
    names = ("owner", "steward", "marketing_member", "sales_member", "learner")
    return SimpleNamespace(**{name: Program(api_of(getattr(grocer, name))) for name in names})


def deliver(task: str, number: int, times: int) -> None:
    for _ in range(times):
        current_app.tasks[task](number)


def deliver_all(times: int, *, newest_first: bool) -> None:
    """Bring every message that is on its way, as often and in the order that is asked for, until none is left."""
    order = "-id" if newest_first else "id"
    for _ in range(ROUNDS):
        owed = list(Handoff.objects.exclude(state="done").order_by(order))
        waiting = list(Run.objects.filter(state="queued").order_by(order))
        for handoff in owed:
            deliver(handoff.consumer, handoff.entry_id, times)
        for run in waiting:
            deliver("memberships.execute_run", run.pk, times)
        if not owed and not waiting:
            return
    raise AssertionError(f"After {ROUNDS} rounds something was still on its way.")


def deliver_late() -> None:
    """Bring every message once more, long after all has taken effect."""
    for handoff in Handoff.objects.order_by("id"):
        deliver(handoff.consumer, handoff.entry_id, 1)
    for run in Run.objects.order_by("id"):
        deliver("memberships.execute_run", run.pk, 1)


@pytest.mark.parametrize(
    ("times", "newest_first"), [(1, False), (2, False), (3, True)], ids=["once", "twice", "newest_first"]
)
def test_story__delivered_repeatedly__ends_the_same(programs: SimpleNamespace, times: int, newest_first: bool) -> None:
    programs.steward.post("/runs/")
    for kind, content in (("playbook", PLAYBOOK), ("brief", BRIEF)):
        subject = {"type": kind, "key": "anchors"}
        approve(programs, programs.owner.propose(kind="create", subject=subject, proposed=content))
    deliver_all(times, newest_first=newest_first)
    for rule in ("orders_90d >= 9 AND spend_365d >= 3000", "orders_90d >= 9 AND spend_365d >= 3500"):
        subject = {"type": "segment", "key": "anchors"}
        approve(programs, programs.owner.propose(kind="change", subject=subject, proposed={"rule": rule}))
    deliver_all(times, newest_first=newest_first)
    if times > 1:
        deliver_late()
        deliver_all(times, newest_first=newest_first)

    assert programs.steward.members("anchors") == ["hh-01", "hh-04"]
    assert set(Run.objects.values_list("state", flat=True)) == {"succeeded"}
    events = Counter(Entry.objects.values_list("event", flat=True))
    assert events["taxonomy.version.enacted"] == 4 + 2
    assert events["reviews.request.applied"] == 4
    assert events["memberships.run.finished"] == Run.objects.count() == 2
    assert (events["playbooks.review.opened"], events["training.review.opened"]) == (2, 2)
    moves = Delta.objects.filter(segment__key="anchors")
    assert sum(delta.entered_count - delta.left_count for delta in moves) == 2
