"""Measures of the segments' movement."""

from types import SimpleNamespace
from typing import Any

import pytest

from customers.services.profiles import merge_customer
from insights.measures import churn, share
from insights.models import SegmentMeasure
from insights.tasks import on_memberships_changed
from ledger.models import Entry
from memberships.services.execution import execute_run
from memberships.services.runs import request_run


def test_churn__five_in_three_out_of_ten__is_eight_tenths() -> None:
    assert churn(5, 3, 12) == 0.8
    assert churn(5, 0, 5) is None
    assert share(1, 4) == 0.25
    assert share(0, 0) is None


@pytest.mark.django_db
def test_health__customer_moved__shows_it_once(grocer: SimpleNamespace, client_of: Any, api_of: Any) -> None:
    for spend in (None, 3500):
        if spend:
            merge_customer(actor=grocer.steward, external_id="hh-03", attributes={"spend_365d": spend})
        execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    for entry in Entry.objects.filter(event="memberships.changed"):
        on_memberships_changed(entry.pk)
        on_memberships_changed(entry.pk)
    assert SegmentMeasure.objects.filter(segment_key="anchors").count() == 2
    rows = {row["key"]: row for row in api_of(grocer.viewer).get("/api/v1/insights/segments/").json()["results"]}
    assert (rows["anchors"]["size"], rows["anchors"]["entered"], rows["anchors"]["left"]) == (4, 1, 0)
    assert rows["anchors"]["churn"] == pytest.approx(1 / 3)
    assert rows["households"]["churn"] is None
    assert b"Anchor households" in client_of(grocer.viewer).get("/insights/").content
