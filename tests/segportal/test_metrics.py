"""The metrics for programs: who may read them, and that they say what the servers say."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from segportal import presence

pytestmark = pytest.mark.django_db


def samples(answer: Any) -> dict[tuple[str, ...], float]:
    """(name, label values ...) -> value."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_metrics__no_token__are_refused_with_the_way_in(client: Client, settings: Any) -> None:
    answer = client.get("/metrics")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    settings.SEGPORTAL_METRICS_OPEN = True
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.1").status_code == 401
    assert client.post("/metrics").status_code == 405


def test_metrics__tokens__need_the_scope_and_an_operator(cast: SimpleNamespace, api_of: Any) -> None:
    assert api_of(cast.administrator, ("admin",)).get("/metrics").status_code == 200
    assert api_of(cast.administrator, ("read", "write")).get("/metrics").status_code == 403
    assert api_of(cast.rep, ("admin",)).get("/metrics").status_code == 403
    assert Client(headers={"Authorization": "Bearer sgp_00000000_x"}).get("/metrics").status_code == 401


def test_metrics__sessions__need_an_operator(cast: SimpleNamespace, client_of: Any) -> None:
    assert client_of(cast.steward).get("/metrics").status_code == 200
    assert client_of(cast.rep).get("/metrics").status_code == 403


def test_metrics__figures__are_those_of_the_servers(cast: SimpleNamespace, client_of: Any) -> None:
    presence.leave_sign(name="stream@here", started=0, queues=["stream"], done=5)
    presence.leave_sign(name="schedule@here", started=0)
    answer = client_of(cast.steward).get("/metrics")
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    found = samples(answer)
    assert found["segportal_up", "database"] == found["segportal_up", "broker"] == found["segportal_up", "cache"] == 1
    assert found["segportal_process_alive", "stream", "stream@here"] == 1
    assert found["segportal_process_alive", "schedule", "schedule@here"] == 1
    assert found["segportal_process_tasks_done_total", "stream@here"] == 5
    assert found["segportal_queue_workers", "stream"] == 1
    assert found["segportal_queue_workers", "celery"] == 0
    assert found["segportal_database_bytes",] > 1_000_000
    assert found["segportal_events_waiting",] == 0
    assert found["segportal_hand_offs", "dead"] == 0


def test_metrics__scraped_twice__read_the_servers_once(
    cast: SimpleNamespace, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    browser = client_of(cast.steward)
    with django_assert_max_num_queries(40):
        first = browser.get("/metrics").content
    with django_assert_max_num_queries(5):
        assert browser.get("/metrics").content == first
