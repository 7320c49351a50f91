"""Idempotency-Key: a post repeated takes effect once."""

import json
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from customers.models import Customer

pytestmark = pytest.mark.django_db

BULK = "/api/v1/customers/bulk/"


def post(client: Any, key: str, ids: list[str]) -> Any:
    body = json.dumps({"customers": [{"external_id": one, "attributes": {}} for one in ids]})
    return client.post(BULK, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_post__same_key_and_body__answer_is_replayed(cast: SimpleNamespace, api_of: Any) -> None:
    program = api_of(cast.steward)
    first, second = post(program, "k1", ["a"]), post(program, "k1", ["a"])
    assert first.status_code == second.status_code == 200
    assert second["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()


def test_post__same_key_other_body__is_refused(cast: SimpleNamespace, api_of: Any) -> None:
    program = api_of(cast.steward)
    post(program, "k1", ["a"])
    answer = post(program, "k1", ["b"])
    assert answer.status_code == 422
    assert not Customer.objects.filter(external_id="b").exists()


def test_post__same_key_of_another_person__is_another_post(cast: SimpleNamespace, api_of: Any) -> None:
    post(api_of(cast.steward), "k1", ["a"])
    assert "Idempotency-Replayed" not in post(api_of(cast.administrator), "k1", ["b"])


def test_post__refused__may_be_mended_and_sent_again(cast: SimpleNamespace, api_of: Any) -> None:
    program = api_of(cast.steward)
    assert (
        program.post(BULK, "{", content_type="application/json", headers={"Idempotency-Key": "k1"}).status_code == 400
    )
    assert post(program, "k1", ["a"]).status_code == 200


def test_post__empty_key__is_refused(cast: SimpleNamespace, api_of: Any) -> None:
    assert post(api_of(cast.steward), " ", ["a"]).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_post__same_key_at_the_same_instant__carried_out_once(cast: SimpleNamespace, api_of: Any) -> None:
    programs = [api_of(cast.steward)] * 1
    barrier, statuses = threading.Barrier(6), []

    def send() -> None:
        barrier.wait()
        answer = post(programs[0], "together", ["a"])
        statuses.append((answer.status_code, answer.get("Idempotency-Replayed")))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    carried_out = [status for status in statuses if status == (200, None)]
    assert len(carried_out) == 1
    assert {code for code, _ in statuses} <= {200, 409}
