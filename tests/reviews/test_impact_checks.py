"""The checks that are made when a change is put before its board, and the impact that expires."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from customers.services.builds import build_profiles
from customers.services.profiles import merge_customers_bulk
from memberships import services
from reviews.choices import CheckStatus
from reviews.models import ChangeRequest, Impact
from reviews.selectors.expiry_of_impact import impact_has_expired
from reviews.services.boards import define_board
from reviews.services.requests import create_request, submit_request
from reviews.subjects import data_checks, impact_checks
from taxonomy.selectors import parse_for
from tests.reviews.conftest import vote

BAND = {"label": "Orders", "comparison": ">=", "enter": 12.0, "leave": 11.0, "unit": "orders", "flap_rate": 0.01}


def month(size: int | None) -> dict[str, Any]:
    return {"on": "2026-10-31", "size": size, "live": None, "held_out": False}


@pytest.mark.parametrize(
    ("backtest", "status", "words"),
    [
        (None, CheckStatus.NOT_RUN, "No past month-end"),
        ({"months": [month(None)], "seen": {"flap_rate": None}}, CheckStatus.NOT_RUN, "No past month-end"),
        ({"months": [month(3)] * 2, "seen": {"flap_rate": None}}, CheckStatus.NOT_RUN, "too few"),
        ({"months": [month(3)] * 12, "seen": {"flap_rate": 0.02}}, CheckStatus.PASS, "2% of those"),
        ({"months": [month(3)] * 9, "seen": {"flap_rate": 0.4}, "band": BAND}, CheckStatus.WARN, "3 of 12 could not"),
    ],
)
def test_look_back__by_what_is_known__never_a_guess(backtest: Any, status: CheckStatus, words: str) -> None:
    found = impact_checks.look_back(backtest)
    assert (found.status, words in found.reason) == (status, True), found.reason
    if status == CheckStatus.WARN:
        assert "12" in found.remedy
        assert "11" in found.remedy


def test_consent__by_what_was_counted() -> None:
    asked = impact_checks.consent
    assert asked({}).status == CheckStatus.NOT_RUN
    assert asked({"consent_blocked": {"reason": "none"}}).status == CheckStatus.NOT_RUN
    blocked = {"purpose": "marketing", "entering": 3, "staying": 0}
    assert "Fewer than 5" in asked({"consent_blocked": blocked}).reason
    assert asked({"consent_blocked": {**blocked, "entering": 0}}).status == CheckStatus.PASS


@pytest.fixture
def counted(grocer: SimpleNamespace) -> SimpleNamespace:
    """The grocer after its first run, with a board that lets an impact be off by a tenth."""
    define_board(
        actor=grocer.administrator,
        key="board",
        name="Segmentation board",
        policy={"quorum": 2, "required": {"marketing": 1, "sales": 1}, "tolerance": 0.1},
    )
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    services.execute_run(run.pk)
    return grocer


def changed(actor: Any, rule: str) -> ChangeRequest:
    request = create_request(
        actor=actor,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": rule},
        rationale="The stores live on others now.",
    )
    return submit_request(actor=actor, request_id=request.pk)


@pytest.mark.django_db
def test_checks__submitted_change__stand_with_the_impact(counted: SimpleNamespace) -> None:
    checks = {
        check["name"]: check for check in Impact.objects.get(request=changed(counted.owner, "orders_90d >= 9")).checks
    }
    assert {
        name: checks[name]["status"]
        for name in (
            "Consent",
            "Small groups",
            "Dependants",
            "Training debt",
            "Back-test",
            "Proxy screen",
            "Stereotypes",
        )
    } == {
        "Consent": "not_run",
        "Small groups": "warn",
        "Dependants": "warn",
        "Training debt": "pass",
        "Back-test": "not_run",
        "Proxy screen": "pass",
        "Stereotypes": "pass",
    }
    assert "anchor-families" in checks["Dependants"]["reason"]
    assert all(check["remedy"] for check in checks.values() if check["status"] in ("warn", "not_run"))


@pytest.mark.django_db
def test_data_checks__demographics_alone__is_a_stereotype(counted: SimpleNamespace) -> None:
    found = {check.name: check for check in data_checks.checks_of(parse_for(counted.steward, "has_children", None))}
    assert found["Stereotypes"].status == CheckStatus.WARN
    assert found["Data quality"].status == CheckStatus.PASS


@pytest.mark.django_db
def test_impact__customers_moved_beyond_the_tolerance__expires_and_is_not_applied(counted: SimpleNamespace) -> None:
    request = changed(counted.owner, "orders_90d >= 9")
    vote(counted.marketing_member, request)
    assert impact_has_expired(request) is None
    rows = [{"external_id": f"new-{place}", "attributes": {"orders_90d": 10, "spend_365d": 9}} for place in range(3)]
    merge_customers_bulk(actor=counted.steward, rows=rows, source_key="pos")
    build_profiles()
    request.refresh_from_db()
    told = impact_has_expired(request)
    assert told is not None
    assert "the impact has expired" in told
    vote(counted.sales_member, request)
    request.refresh_from_db()
    assert request.state == "stale"
    assert "the impact has expired" in request.state_reason


@pytest.mark.django_db
def test_impact__policy_without_a_tolerance__never_expires(grocer: SimpleNamespace) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    services.execute_run(run.pk)
    request = changed(grocer.owner, "orders_90d >= 9")
    merge_customers_bulk(
        actor=grocer.steward, rows=[{"external_id": "new", "attributes": {"orders_90d": 50}}], source_key="pos"
    )
    build_profiles()
    assert impact_has_expired(request) is None
