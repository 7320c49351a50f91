"""The record that voters sign: counts equal to a recount in SQL, stakes by stated rules, and a prediction that comes
true."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from common.actors import SYSTEM
from customers.services.attributes import define_attribute
from customers.services.profiles import merge_customers_bulk
from memberships import bitmaps, services
from memberships.selectors import members_page
from memberships.selectors.evidence import confirmed
from reviews.models import ChangeRequest, Impact
from reviews.services.requests import create_request, submit_request
from reviews.subjects import subject_for
from tests.reviews.conftest import vote

pytestmark = pytest.mark.django_db

NEW_RULE = "orders_90d < 3 OR spend_365d >= 5000"


def run_now() -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    services.execute_run(run.pk)


@pytest.fixture
def told(grocer: SimpleNamespace) -> SimpleNamespace:
    """The grocer with account owners and consent, after its first run."""
    more: dict[str, dict[str, Any]] = {
        "account_owner": {"label": "Account owner", "type": "text", "dimension": "behavioral"},
        "consent_marketing": {"label": "Consent to marketing", "type": "boolean", "dimension": "behavioral"},
    }
    for key, content in more.items():
        define_attribute(actor=SYSTEM, key=key, content=content)
    rows = [
        {"external_id": "hh-01", "attributes": {"account_owner": "Ann", "consent_marketing": True}},
        {"external_id": "hh-02", "attributes": {"account_owner": "Ann", "consent_marketing": False}},
        {"external_id": "hh-06", "attributes": {"account_owner": "Bo", "consent_marketing": True}},
        {"external_id": "hh-07", "attributes": {"account_owner": "Ann"}},
    ]
    merge_customers_bulk(actor=grocer.steward, rows=rows, source_key="pos")
    run_now()
    return grocer


def submitted_change(actor: Any, **proposed: Any) -> ChangeRequest:
    request = create_request(
        actor=actor,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed=proposed or {"rule": NEW_RULE},
        rationale="The stores live on others now.",
        expected="More of them.",
    )
    return submit_request(actor=actor, request_id=request.pk)


def record_of(request: ChangeRequest) -> dict[str, Any]:
    return dict(Impact.objects.get(request=request).record)


def recounted() -> dict[str, Any]:
    """The same figures by hand-written SQL over the customers themselves."""
    sql = """
        WITH c AS (
            SELECT (attributes->>'orders_90d')::numeric AS orders, (attributes->>'spend_365d')::numeric AS spend,
                   attributes->>'account_owner' AS owner, (attributes->>'consent_marketing')::boolean AS consent
            FROM customers_customer
        ), m AS (
            SELECT *,
                   coalesce((spend IS NOT NULL OR orders IS NOT NULL) AND orders >= 12 AND spend >= 3000, false) AS old,
                   coalesce((spend IS NOT NULL OR orders IS NOT NULL) AND (orders < 3 OR spend >= 5000), false) AS new,
                   coalesce(orders < 4, false) AS occasional
            FROM c
        )
        SELECT count(*) FILTER (WHERE new AND NOT old), count(*) FILTER (WHERE old AND NOT new),
               count(*) FILTER (WHERE old AND new), coalesce(sum(spend) FILTER (WHERE new AND NOT old), 0),
               coalesce(sum(spend) FILTER (WHERE old AND NOT new), 0),
               count(*) FILTER (WHERE new AND NOT old AND occasional),
               count(*) FILTER (WHERE new AND NOT old AND NOT occasional),
               count(*) FILTER (WHERE new AND NOT old AND consent IS NOT TRUE),
               count(*) FILTER (WHERE old AND new AND consent IS NOT TRUE),
               count(*) FILTER (WHERE old <> new AND owner = 'Ann'), count(*) FILTER (WHERE old <> new AND owner = 'Bo')
        FROM m
    """
    names = ("entering", "leaving", "staying", "value_in", "value_out", "from", "elsewhere", "blocked_in",
             "blocked_staying", "ann", "bo")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return dict(zip(names, cursor.fetchone(), strict=True))


def test_impact__recounted_in_sql__every_figure_agrees(told: SimpleNamespace) -> None:
    record, counted = record_of(submitted_change(told.owner)), recounted()
    assert (
        [record[name] for name in ("entering", "leaving", "staying")]
        == [counted[name] for name in ("entering", "leaving", "staying")]
        == [3, 2, 1]
    )
    assert record["entering"] - record["leaving"] == record["total"] - 3, "net change"
    revenue = record["revenue"]
    assert (revenue["attribute"], revenue["unit"]) == ("spend_365d", "USD")
    assert revenue["entering"] == float(counted["value_in"])
    assert revenue["leaving"] == float(counted["value_out"])
    assert revenue["moved"] == float(counted["value_in"] + counted["value_out"])
    assert record["moves"] == [
        {"segment": "occasional", "name": "Occasional households", "from": counted["from"], "to": 0}
    ]
    assert record["elsewhere"] == {"from": counted["elsewhere"], "to": counted["leaving"]}
    blocked = record["consent_blocked"]
    assert (blocked["purpose"], blocked["entering"], blocked["staying"]) == (
        "marketing", counted["blocked_in"], counted["blocked_staying"],
    )  # fmt: skip
    assert record["account_owners"] == [
        {"name": "Ann", "count": counted["ann"]},
        {"name": "Bo", "count": counted["bo"]},
    ]
    assert record["relation"] == "shifted"
    assert record["is_proved"] is True
    assert {"entering", "leaving", "staying", "from Occasional households", "to elsewhere"} <= {*record["small_groups"]}


def test_impact__applied_on_the_same_build__comes_true_to_the_customer(told: SimpleNamespace) -> None:
    request = submitted_change(told.owner)
    record = record_of(request)
    vote(told.marketing_member, request)
    vote(told.sales_member, request)
    run_now()
    found = confirmed(["anchors"])["anchors"]
    assert bitmaps.digest(found.members) == record["members_digest"]
    assert members_page(key="anchors").external_ids == ["hh-01", "hh-06", "hh-07", "hh-08"]


def test_impact__no_owner_and_no_consent_source__says_so(grocer: SimpleNamespace) -> None:
    run_now()
    record = record_of(submitted_change(grocer.owner))
    assert "no consent source" in record["consent_blocked"]["reason"]
    assert record["account_owners"] == []
    assert "account_owner" in record["account_owners_reason"]


def test_impact__reads_personal_data__names_it(told: SimpleNamespace) -> None:
    record = record_of(submitted_change(told.owner, rule="orders_90d >= 12 AND spend_365d >= 2000"))
    assert record["sensitive"] == []
    assert record["relation"] == "wider"


def test_retirement__of_a_segment__says_who_leaves_what_they_are_worth_and_who_looks_after_them(
    told: SimpleNamespace,
) -> None:
    found = subject_for("segment", "retire").effect(kind="retire", key="anchors", content={"successor": None})
    record = found.record
    assert (record["computed"], record["entering"], record["staying"], record["total"]) == (True, 0, 0, 0)
    assert record["leaving"] == len(members_page(key="anchors").external_ids)
    assert record["revenue"]["leaving"] > 0 and record["revenue"]["entering"] == 0
    assert {row["name"] for row in record["account_owners"]} <= {"Ann", "Bo"} and record["account_owners"]
    assert record["content"] is not None and record["digest_of_build"]
    assert {check.name for check in found.checks} >= {"Small groups", "Dependants", "Training debt"}
