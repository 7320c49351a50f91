"""Measures of the segments' movement."""

from types import SimpleNamespace
from typing import Any

import pytest

from customers.services.profiles import merge_customer
from insights.measures import churn, share
from memberships.services.execution import execute_run
from memberships.services.micro import publish_changes
from memberships.services.runs import request_run


def test_churn__five_in_three_out_of_ten__is_eight_tenths() -> None:
    assert churn(5, 3, 12) == 0.8
    assert churn(5, 0, 5) is None
    assert share(1, 4) == 0.25
    assert share(0, 0) is None


@pytest.mark.django_db
def test_health__customers_moved_by_run_and_micro_batch__counts_both(
    grocer: SimpleNamespace, client_of: Any, api_of: Any
) -> None:
    for spend in (None, 3500):
        if spend:
            merge_customer(actor=grocer.steward, external_id="hh-03", attributes={"spend_365d": spend})
        execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    merge_customer(actor=grocer.steward, external_id="hh-01", attributes={"orders_90d": 2})
    publish_changes()
    rows = {row["key"]: row for row in api_of(grocer.viewer).get("/api/v1/insights/segments/").json()["results"]}
    assert (rows["anchors"]["size"], rows["anchors"]["entered"], rows["anchors"]["left"]) == (3, 1, 1)
    assert rows["anchors"]["churn"] == pytest.approx(2 / 3)
    assert rows["households"]["churn"] is None
    assert b"Anchor households" in client_of(grocer.viewer).get("/insights/").content
