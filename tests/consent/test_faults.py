"""What breaks in the middle of a decision leaves it whole or undone: killed backends, two beats at one instant."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection, connections

from accounts.models import User
from common.clock import now
from ledger.selectors import chain_proof
from reviews.models import ChangeRequest, Vote
from reviews.services.applying import apply_due
from reviews.services.requests import schedule_request
from taxonomy.models import Enactment, SegmentVersion
from tests.reviews.conftest import submitted, vote
from tests.reviews.test_races import at_once, ballot, decisions

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def enactments_held() -> Iterator[None]:
    """Whoever enacts waits, until they are killed."""
    params = {**connection.get_connection_params(), "cursor_factory": None}
    with psycopg.connect(**params) as other:
        other.execute("LOCK TABLE taxonomy_enactment IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def killed_while_enacting(deed: Callable[[], Any]) -> None:
    """Begin the deed on a connection of its own, and kill that once it waits to enact."""

    def run() -> None:
        try:
            deed()
        except Exception:  # noqa: S110, BLE001 - what a killed backend raises is not the matter
            pass
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    waiting = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock' AND usename = current_user"
        " AND pid <> pg_backend_pid()"
    )
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute(waiting)
            time.sleep(0.02)
    thread.join()


@pytest.fixture
def scheduled(cast: SimpleNamespace, draft: ChangeRequest) -> ChangeRequest:
    """A request that marketing and sales have approved, to take effect in three days."""
    schedule_request(actor=cast.owner, request_id=draft.pk, effective_at=now() + timedelta(days=3))
    submitted(cast.owner, draft)
    for member in (cast.marketing_member, cast.sales_member):
        vote(member, draft)
    draft.refresh_from_db()
    assert draft.state == "approved"
    return draft


def test_worker__killed_while_it_puts_into_effect__leaves_it_approved_and_the_next_beat_does_it_once(
    scheduled: ChangeRequest,
) -> None:
    with time_machine.travel(now() + timedelta(days=4), tick=True):
        with enactments_held():
            killed_while_enacting(apply_due)
        scheduled.refresh_from_db()
        assert scheduled.state == "approved" and not Enactment.objects.exists()
        assert (apply_due(), apply_due()) == (1, 0)
    assert decisions(scheduled) == ["reviews.request.approved", "reviews.request.applied"]
    assert Enactment.objects.count() == SegmentVersion.objects.count() == 1
    assert chain_proof().holds


def test_last_vote__killed_between_decision_and_effect__is_not_cast_and_can_be_repeated(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    vote(cast.marketing_member, in_review)
    with enactments_held():
        killed_while_enacting(ballot(cast.sales_member, in_review))
    in_review.refresh_from_db()
    assert in_review.state == "in_review" and Vote.objects.count() == 1
    assert decisions(in_review) == [] and not Enactment.objects.exists()
    vote(User.objects.get(pk=cast.sales_member.pk), in_review)
    in_review.refresh_from_db()
    assert in_review.state == "applied" and Enactment.objects.count() == 1
    assert chain_proof().holds


def test_schedule__taken_up_by_two_beats_at_one_instant__takes_effect_once(scheduled: ChangeRequest) -> None:
    with time_machine.travel(now() + timedelta(days=4), tick=True):
        results = at_once(apply_due, apply_due, apply_due)
    assert sorted(results) == [0, 0, 1], results
    assert decisions(scheduled) == ["reviews.request.approved", "reviews.request.applied"]
    assert Enactment.objects.count() == SegmentVersion.objects.count() == 1
