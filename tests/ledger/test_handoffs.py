"""The outbox: every fact reaches every consumer once, or visibly none."""

from datetime import timedelta

import pytest
from django.db import transaction

from common.actors import SYSTEM
from common.clock import now
from common.errors import NotFound
from ledger.choices import HandoffState
from ledger.models import Entry, Handoff
from ledger.services import announce, consume, retry_handoff, sweep
from ledger.services.consuming import MAX_ATTEMPTS
from tests.ledger.test_chain import Noted

pytestmark = pytest.mark.django_db

CONSUMER = "test.on_noted"


@pytest.fixture(autouse=True)
def routes(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segportal.event_routes.ROUTES", {"test.thing.noted": (CONSUMER, "test.other")})


def noted() -> Entry:
    with transaction.atomic():
        return announce(Noted(thing="a"), actor=SYSTEM)


def test_announce__routed_fact__owes_it_to_each_consumer() -> None:
    entry = noted()
    assert set(entry.handoffs.values_list("consumer", "state")) == {(CONSUMER, "pending"), ("test.other", "pending")}


def test_announce__rolled_back__owes_nothing() -> None:
    with pytest.raises(ValueError, match="no"), transaction.atomic():
        announce(Noted(thing="a"), actor=SYSTEM)
        raise ValueError("no")
    assert not Handoff.objects.exists()


def test_consume__delivered_twice__handled_once() -> None:
    entry = noted()
    seen = []
    for _ in range(2):
        with consume(entry.pk, CONSUMER) as given:
            seen.append(given)
    assert seen == [entry, None]


def test_consume__failing__work_is_rolled_back_and_next_try_is_later() -> None:
    entry = noted()
    with pytest.raises(ValueError, match="broken"), consume(entry.pk, CONSUMER):
        announce(Noted(thing="half"), actor=SYSTEM)
        raise ValueError("broken")
    handoff = Handoff.objects.get(entry=entry, consumer=CONSUMER)
    assert (handoff.state, handoff.attempts) == (HandoffState.PENDING, 1)
    assert "broken" in handoff.error
    assert handoff.next_try_at > now()
    assert not Entry.objects.filter(object_key="half").exists()


def test_consume__failing_always__is_given_up_and_can_be_retried() -> None:
    entry = noted()
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ValueError, match="poison"), consume(entry.pk, CONSUMER):
            raise ValueError("poison")
    handoff = Handoff.objects.get(entry=entry, consumer=CONSUMER)
    assert handoff.state == HandoffState.DEAD
    with consume(entry.pk, CONSUMER) as given:
        assert given is None
    retry_handoff(handoff_id=handoff.pk)
    with consume(entry.pk, CONSUMER) as given:
        assert given == entry
    with pytest.raises(NotFound):
        retry_handoff(handoff_id=handoff.pk)


def test_sweep__message_lost__is_sent_again_once_due() -> None:
    entry = noted()
    assert sweep() == 0
    Handoff.objects.filter(entry=entry).update(next_try_at=now() - timedelta(minutes=1))
    assert sweep() == 2
    assert sweep() == 0


def test_consume__correlation__is_that_of_the_fact() -> None:
    from common import correlation

    entry = noted()
    with consume(entry.pk, CONSUMER):
        assert correlation.current() == entry.correlation_id
