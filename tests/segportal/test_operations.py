"""The ops page: every part shown, each honest when it does not answer, and a way to try again."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.urls import reverse

from common.clock import now
from ledger.choices import HandoffState
from ledger.models import Entry, Handoff
from memberships.choices import RunState
from memberships.models import Run
from segportal import presence
from segportal.operations import broker, failures, figures
from segportal.operations.broker import broker_figures
from segportal.operations.stream import first_publications, spread, stream_figures

pytestmark = pytest.mark.django_db
PAGE = "/operations/"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def at(second: int) -> datetime:
    return datetime(2026, 11, 22, 12, 0, second, tzinfo=UTC)


@pytest.fixture
def empty_broker() -> Any:
    broker._client().flushdb()
    return broker._client()


def failed_run(**changes: Any) -> Run:
    moment = now()
    values = {
        "kind": "full",
        "state": RunState.FAILED,
        "trigger": "person",
        "scope": "all",
        "ended_at": moment,
        "error_code": "worker_lost",
        "error_advice": "Check the memory, then try again.",
    }
    return Run.objects.create(**{**values, **changes})


def test_page__for_operators_alone__and_the_old_address_leads_there(cast: SimpleNamespace, client_of: Any) -> None:
    for person, status in ((cast.steward, 200), (cast.administrator, 200), (cast.owner, 403), (cast.rep, 403)):
        browser = client_of(person)
        assert browser.get(PAGE).status_code == status
        assert browser.get("/operations/figures/").status_code == status
    assert client_of(cast.steward).get("/status/")["Location"] == PAGE


def test_page__empty_portal__says_so_in_each_region(cast: SimpleNamespace, client_of: Any, empty_broker: Any) -> None:
    told = text_of(client_of(cast.steward).get(PAGE))
    for sentence in (
        "No run, import, file or round of proofs waits",
        "Nothing failed within the last seven days",
        "Nobody reported within the last hour",
        "No profile build yet",
        "no worker of the kind stream",
        "there are no times to tell",
    ):
        assert sentence.casefold() in told.casefold(), sentence


def test_figures__asked_alone__are_a_region_that_asks_again(cast: SimpleNamespace, client_of: Any) -> None:
    content = client_of(cast.steward).get("/operations/figures/").content.decode()
    assert "<html" not in content
    assert 'hx-get="/operations/figures/"' in content
    assert "data-live" in content


def test_page__workers_and_queues__shows_who_holds_what(
    cast: SimpleNamespace, client_of: Any, empty_broker: Any
) -> None:
    in_hand = [("memberships.execute_run", now().timestamp() - 90)]
    presence.leave_sign(name="worker@one", started=0, queues=["celery", "shards"], tasks=in_hand, done=1234)
    current_app.send_task("memberships.publish_changes")
    told = text_of(client_of(cast.steward).get(PAGE))
    assert "worker@one" in told
    assert "memberships.execute_run" in told
    assert "1,234" in told
    lines = {line.name: line for line in broker_figures(presence.signs()).queues}
    assert (lines["celery"].length, lines["celery"].consumers) == (0, 1)
    assert (lines["stream"].length, lines["stream"].consumers) == (1, 0)
    assert lines["stream"].oldest_seconds is not None
    empty_broker.flushdb()


def test_broker__away__page_tells_and_shows_the_rest(
    cast: SimpleNamespace, client_of: Any, settings: Any, tmp_path: Any
) -> None:
    settings.BROKER_URL = f"redis+socket://{tmp_path}/nobody.sock"
    broker._client.cache_clear()
    try:
        answer = client_of(cast.steward).get(PAGE)
    finally:
        broker._client.cache_clear()
    told = text_of(answer)
    assert answer.status_code == 200
    assert "The broker did not answer (ConnectionError)" in told
    assert "PostgreSQL" in told


def test_failed_run__not_made_good__is_shown_with_advice_and_tried_again(cast: SimpleNamespace, client_of: Any) -> None:
    run = failed_run()
    browser = client_of(cast.steward)
    told = text_of(browser.get(PAGE))
    assert "Check the memory, then try again." in told
    (failure,) = failures.failures_for(cast.steward)
    assert (failure.retry_url, failure.why_no_retry) == (reverse("memberships:run-retry", args=[run.pk]), None)
    assert browser.post(failure.retry_url).status_code == 302
    assert Run.objects.filter(state=RunState.QUEUED).exists()


def test_failed_run__made_good_or_long_ago__is_no_failure(cast: SimpleNamespace) -> None:
    failed_run(ended_at=now() - timedelta(days=8))
    assert not failures.failures_for(cast.steward)
    run = failed_run(scope="a", kind="partial")
    assert [failure.title for failure in failures.failures_for(cast.steward)] == [f"Run {run.pk}"]


def test_hand_off__given_up__is_shown_and_counted(cast: SimpleNamespace, client_of: Any) -> None:
    from ledger.services import announce
    from memberships.events import RunRequested

    entry = announce(RunRequested(run_id=1, trigger="person", segment_keys=[]), actor=cast.steward)
    Handoff.objects.create(
        entry=Entry.objects.get(pk=getattr(entry, "pk", entry)),
        consumer="memberships.nobody",
        state=HandoffState.DEAD,
        attempts=8,
        error="no such table",
        next_try_at=now(),
    )
    assert figures.hand_offs().dead == 1
    told = text_of(client_of(cast.steward).get(PAGE))
    assert "memberships.nobody" in told
    assert "No such table" in told


def test_first_publications__any_order_of_ends__take_the_earliest_that_holds_the_change() -> None:
    publications = [(10, at(30)), (20, at(20)), (30, at(40))]
    assert first_publications([5, 10, 11, 25, 31, None], publications) == [at(20), at(20), at(20), at(40), None, None]
    assert first_publications([1], []) == [None]


def test_spread__by_nearest_rank__counts_what_it_saw() -> None:
    found = spread([float(second) for second in range(101)])
    assert (found.count, found.p50, found.p95) == (101, 50.0, 95.0)
    assert spread([]) == spread([])
    assert spread([]).p95 is None


def test_stream__events_at_each_step__are_counted_and_timed() -> None:
    moment = now()
    rows = [
        ("a", moment - timedelta(seconds=20), moment - timedelta(seconds=19), 7),
        ("b", moment - timedelta(seconds=10), moment - timedelta(seconds=7), 9),
        ("c", moment - timedelta(seconds=5), None, None),
    ]
    with connection.cursor() as cursor:
        for message, received, applied, number in rows:
            cursor.execute(
                "INSERT INTO customers_event (received_at, at, source_key, message_id, type, name, user_id,"
                " anonymous_id, group_id, previous_id, content, context, applied_at, applied_seq)"
                " VALUES (%s, %s, 'app', %s, 'track', '', '', '', '', '', '{}', '{}', %s, %s)",
                [received, received, message, applied, number],
            )
    Run.objects.create(kind="full", state=RunState.FAILED, trigger="person", scope="all", ended_at=moment, watermark=99)
    found = stream_figures()
    assert (found.events_waiting, found.oldest_event_at) == (1, rows[2][1])
    assert (found.applying.count, found.applying.p50, found.applying.p95) == (2, 1.0, 3.0)
    assert found.whole.count == 0, "a run that failed published nothing"


def test_alerts__run_that_waits_for_long__is_on_the_page_and_in_the_metrics(
    cast: SimpleNamespace, client_of: Any
) -> None:
    late = now() - timedelta(minutes=10)
    run = failed_run(state=RunState.QUEUED, ended_at=None, queued_at=late, due_at=late, error_code="")
    told = client_of(cast.steward).get(PAGE).content.decode()
    assert "1 run waits for a worker" in told
    assert reverse("memberships:run", args=[run.pk]) in told
    assert b'segportal_alerts{kind="waiting"} 1.0' in client_of(cast.steward).get("/metrics").content


def test_page__its_figures__take_a_bounded_number_of_queries(
    cast: SimpleNamespace, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    browser = client_of(cast.steward)
    for _ in range(15):
        failed_run()
    with django_assert_max_num_queries(55):
        assert browser.get("/operations/figures/").status_code == 200
