"""Imports in the hands of a real worker."""

import io
import time
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app

from customers.models import Customer, ImportJob
from customers.services.imports import plan_import, start_import
from ledger.models import Handoff


def ended(job: ImportJob) -> ImportJob:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        job.refresh_from_db()
        if job.ended_at:
            return job
        time.sleep(0.1)
    raise AssertionError(f"the import is still {job.state}")


@pytest.mark.django_db(transaction=True)
def test_import__started__carried_out_by_a_worker_once(catalogue: SimpleNamespace, worker: Any) -> None:
    content = b"id,orders\n" + b"".join(b"c-%d,%d\n" % (n, n) for n in range(300))
    job = plan_import(actor=catalogue.steward, source_key="till", name="a.csv", content=io.BytesIO(content))
    start_import(actor=catalogue.steward, job_id=job.pk)
    assert ended(job).state == "done"
    assert Customer.objects.count() == 300
    handoff = Handoff.objects.get(consumer="customers.on_import_requested")
    # Each message once more: nothing happens twice.
    current_app.send_task("customers.on_import_requested", args=[handoff.entry_id])
    current_app.send_task("customers.run_import", args=[job.pk])
    current_app.send_task("customers.run_import", args=[10**9])
    current_app.send_task("customers.resume_imports")
    time.sleep(1.5)
    job.refresh_from_db()
    assert (job.attempts, job.counts["created"]) == (1, 300)
    assert Handoff.objects.filter(entry__event="customers.import.finished").values("entry").distinct().count() == 1


@pytest.mark.django_db(transaction=True)
def test_import__message_lost__taken_up_by_the_sweep(catalogue: SimpleNamespace, worker: Any) -> None:
    job = plan_import(actor=catalogue.steward, source_key="till", name="a.csv", content=io.BytesIO(b"id,orders\n1,2\n"))
    long_ago = job.created_at.replace(year=2020)
    ImportJob.objects.filter(pk=job.pk).update(state="queued", queued_at=long_ago)
    current_app.send_task("customers.resume_imports")
    assert ended(job).state == "done"
