"""A frozen source takes no files and no rows; its events are kept and applied afterwards."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from customers.choices import ImportState
from customers.errors import SourceFrozen
from customers.models import Customer, Event
from customers.rows.tracking import Message
from customers.services import running
from customers.services.applying import apply_events
from customers.services.imports import plan_import, start_import
from customers.services.profiles import merge_customer, merge_customers_bulk
from customers.services.receiving_events import receive_events
from customers.services.running import run_import
from customers.services.write_keys import create_write_key
from safeguards.models import Freeze
from safeguards.services import lift

pytestmark = pytest.mark.django_db
Stop = Callable[..., Freeze]
FILE = b"external_id,orders_90d\nn-1,3\nn-2,4\n"


def identify(source: str, number: int, external_id: str, **traits: Any) -> None:
    at = datetime(2026, 11, 20, 12, number, tzinfo=UTC)
    ids = {"user_id": external_id, "anonymous_id": "", "group_id": "", "previous_id": ""}
    message = Message(type="identify", message_id=f"m{number}", at=at, name="", content=traits, context={}, **ids)
    receive_events(source_key=source, messages=[message], received_at=at)


def plan(people: Any) -> Any:
    return plan_import(actor=people.steward, source_key="pos", name="file.csv", content=io.BytesIO(FILE))


def test_frozen_source__a_file_or_rows_in_its_name__are_refused_with_nothing_stored(
    grocer: SimpleNamespace, stop: Stop
) -> None:
    job = plan(grocer)
    frozen = stop("source", "pos")
    before = Customer.objects.count()
    for attempt in (
        lambda: plan(grocer),
        lambda: start_import(actor=grocer.steward, job_id=job.pk),
        lambda: merge_customer(actor=grocer.steward, external_id="n-9", attributes={}, source_key="pos"),
        lambda: merge_customers_bulk(actor=grocer.steward, rows=[], source_key="pos"),
    ):
        with pytest.raises(SourceFrozen):
            attempt()
    assert Customer.objects.count() == before
    merge_customer(actor=grocer.steward, external_id="n-9", attributes={"orders_90d": 1})
    lift(actor=grocer.steward, freeze_id=frozen.pk, reason="Mended.")
    start_import(actor=grocer.steward, job_id=job.pk)
    done = run_import(job.pk)
    assert done is not None
    assert done.state == ImportState.DONE


def test_frozen_source__an_import_is_running__stops_at_the_next_batch_and_goes_on_after_lifting(
    grocer: SimpleNamespace, stop: Stop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    job = plan(grocer)
    start_import(actor=grocer.steward, job_id=job.pk)
    stored = running._store
    frozen: list[Freeze] = []

    def freeze_behind_the_first(*given: Any) -> None:
        stored(*given)
        if not frozen:
            frozen.append(stop("source", "pos"))

    monkeypatch.setattr(running, "_store", freeze_behind_the_first)
    failed = run_import(job.pk)
    assert failed is not None
    assert (failed.state, failed.position) == (ImportState.FAILED, 1)
    assert "frozen" in failed.error
    lift(actor=grocer.steward, freeze_id=frozen[0].pk, reason="Mended.")
    start_import(actor=grocer.steward, job_id=job.pk)
    done = run_import(job.pk)
    assert done is not None
    assert (done.state, done.counts["created"]) == (ImportState.DONE, 2)


def test_frozen_source__its_events__are_kept_while_others_are_applied_and_follow_after_lifting(
    grocer: SimpleNamespace, stop: Stop
) -> None:
    frozen = stop("source", "pos")
    identify("pos", 1, "n-1", orders_90d=3)
    identify("app", 2, "n-2", orders_90d=4)
    identify("app", 3, "n-1", orders_90d=5)
    assert apply_events() is not None
    assert apply_events() is None
    assert list(Event.objects.filter(applied_at=None).values_list("message_id", flat=True)) == ["m1"]
    assert Customer.objects.get(external_id="n-1").attributes == {"orders_90d": 5}
    lift(actor=grocer.steward, freeze_id=frozen.pk, reason="Mended.")
    assert apply_events() is not None
    assert not Event.objects.filter(applied_at=None).exists()
    # The event that waited is the older one: what was told later stays.
    assert Customer.objects.get(external_id="n-1").attributes == {"orders_90d": 5}


def test_frozen_source__a_program_sends__is_answered_200_and_kept(grocer: SimpleNamespace, stop: Stop) -> None:
    key = create_write_key(actor=grocer.steward, source_key="pos", name="till")
    stop("source", "pos")
    answer = Client().post(
        "/v1/identify",
        {"userId": "n-1", "traits": {"orders_90d": 3}, "messageId": "m1"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert apply_events() is None
    assert Event.objects.filter(applied_at=None, source_key="pos").count() == 1
