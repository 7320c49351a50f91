"""Named values on their way through a request: the form, the difference, the API, and the checklist."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from customers.services.builds import build_profiles
from customers.services.profiles import merge_customers_bulk
from reviews.models import ChangeRequest
from reviews.selectors.checklist import checklist_in_force
from reviews.services.requests import create_request
from taxonomy.selectors import live_content
from taxonomy.services.enactment import enact_version
from tests.reviews.conftest import segment_content
from tests.reviews.test_pages import SEGMENT_FORM

NAMED = {"name": "minimum_spend", "label": "Minimum spend", "attribute": "spend", "operator": ">="}


def enact(key: str, **given: Any) -> None:
    live = live_content(key)
    content = {**live.content, **given} if live else segment_content(**given)
    enact_version(
        actor=SYSTEM, kind="change" if live else "create", segment_key=key, content=content, rationale="Because.",
        expected_outcome="", base_version=live.version_number if live else None, request_ref="1",
    )  # fmt: skip


def change(cast: SimpleNamespace, key: str, **proposed: Any) -> ChangeRequest:
    return create_request(
        actor=cast.owner, kind="change", subject_type="segment", subject_key=key, proposed=proposed, rationale="Why."
    )


@pytest.fixture
def named(live_segment: str) -> str:
    """The live segment, its one value named."""
    enact(live_segment, thresholds=[NAMED])
    return live_segment


def test_change_of_the_rule_alone__keeps_the_name_and_tells_the_move(cast: SimpleNamespace, named: str) -> None:
    found = change(cast, named, rule="spend >= 1500")
    assert [(item["name"], item["value"]) for item in found.proposed["thresholds"]] == [("minimum_spend", 1500)]
    labels = [item["label"] for item in found.revisions.latest("pk").differences]
    assert "Minimum spend raised from 1,000 to 1,500 USD" in labels


def test_rule_without_the_value__is_refused_at_the_name(cast: SimpleNamespace, named: str, api_of: Any) -> None:
    body = {"subject": {"type": "segment", "key": named}, "kind": "change",
            "proposed": {"rule": "spend < 5"}, "rationale": "Why."}  # fmt: skip
    answer = api_of(cast.owner).post("/api/v1/change-requests/", body, content_type="application/json")
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["code"], error["pointer"]) == ("no_such_value", "/proposed/thresholds/0")
    body["proposed"] = {"rule": "spend < 5", "thresholds": []}  # type: ignore[assignment]
    assert api_of(cast.owner).post("/api/v1/change-requests/", body, content_type="application/json").status_code == 201


def test_form__names__are_read_made_and_kept(cast: SimpleNamespace, named: str, client_of: Any) -> None:
    client = client_of(cast.owner)
    address = f"/requests/new/?type=segment&kind=change&key={named}"
    assert 'value="Minimum spend"' in client.get(address).content.decode()
    given = {name: value for name, value in SEGMENT_FORM.items() if name != "key"}
    # A form that does not show the names keeps them.
    client.post(address, {**given, "rule": "spend >= 2000"})
    assert ChangeRequest.objects.latest("pk").proposed["thresholds"][0]["value"] == 2000
    rows = {
        "threshold_place": ["1.>=.spend", "1.<.coupons"],
        "threshold_name": ["minimum_spend", ""],
        "threshold_label": ["Least spend", "Most coupons"],
        "threshold_value": ["1000", "9"],
    }
    client.post(address, {**given, "rule": "coupons < 9 AND spend >= 1000", **rows})
    stored = ChangeRequest.objects.latest("pk").proposed["thresholds"]
    assert [(item["name"], item["label"], item["value"]) for item in stored] == [
        ("minimum_spend", "Least spend", 1000), ("most_coupons", "Most coupons", 9),
    ]  # fmt: skip


def test_form_part__rule_edited__tells_what_is_lost(cast: SimpleNamespace, named: str, client_of: Any) -> None:
    client = client_of(cast.owner)
    row = {"threshold_place": "1.>=.spend", "threshold_name": "minimum_spend", "threshold_label": "Minimum spend",
           "threshold_value": "1000"}  # fmt: skip
    page = client.post("/requests/thresholds/", {"rule": "coupons > 3 AND spend >= 700", **row}).content.decode()
    assert 'value="Minimum spend"' in page and "Coupons redeemed more than 3" in page
    page = client.post("/requests/thresholds/", {"rule": "coupons > 3", **row}).content.decode()
    assert "names no value of this rule any more" in page
    # A value that is gone for a moment, or a rule that cannot be read while it is typed, does not cost the name.
    assert 'value="Minimum spend"' in page
    page = client.post("/requests/thresholds/", {"rule": "spend >", **row}).content.decode()
    assert "cannot be read yet" in page and 'value="Minimum spend"' in page


def test_proposing_a_value__begins_with_rule_and_reason(cast: SimpleNamespace, named: str, client_of: Any) -> None:
    client, address = client_of(cast.owner), f"/requests/new/?type=segment&kind=change&key={named}"
    page = client.get(f"{address}&threshold=1.>=.spend&value=1500").content.decode()
    assert "spend &gt;= 1500" in page and "Minimum spend: 1,500 USD instead of 1,000 USD." in page
    assert client.get(f"{address}&threshold=1.>=.spend&value=much").status_code == 400
    assert client.get(f"{address}&threshold=1.<.spend&value=3").status_code == 400


def lines_of(key: str) -> dict[str, tuple[str, str]]:
    return {line.title: (line.status.value, line.reason) for line in checklist_in_force(key)}


def test_checklist__no_customers_yet__pretends_nothing(named: str) -> None:
    lines = lines_of(named)
    assert {title: status for title, (status, _) in lines.items()} == {
        "Complexity": "pass", "Size": "warn", "Hold-out": "warn", "Stability": "warn", "Separability": "warn",
        "Actionability": "warn", "Data": "warn", "Ethics": "pass",
    }  # fmt: skip
    assert "Not looked at" in lines["Size"][1] and "never measured" in lines["Data"][1]
    assert lines["Complexity"][1] == "1 of 12 conditions, 1 of 4 levels, 1 of 8 attributes."


@pytest.mark.usefixtures("ordinals_from_zero")
def test_checklist__customers__counts_tests_and_compares(named: str) -> None:
    rows = [{"external_id": f"c{n:04}", "attributes": {"spend": n * 2.0, "coupons": (n * 7) % 10}} for n in range(1200)]
    merge_customers_bulk(actor=SYSTEM, rows=rows)
    build_profiles()
    enact("big-too", name="Big too", rule="spend >= 1100 AND coupons >= 0")
    lines = lines_of(named)
    assert lines["Size"] == ("pass", "700 customers (58.3% of all), counted on profile build 1.")
    assert lines["Hold-out"][0] == "pass" and lines["Hold-out"][1].startswith("Holds. Share of all customers")
    assert lines["Stability"] == ("pass", "Its history is too short; the hold-out stands in: holds.")
    assert lines["Separability"] == ("warn", "Closest is “Big too”: 93% of those in either are in both (Jaccard).")
    assert lines["Data"] == ("pass", "All sources are fresh; the lowest fill rate is 100% (Yearly spend).")
    assert lines["Actionability"][1] == "No playbook says how to act."
    enact(named, rule="region = 'north' AND " + " AND ".join(f"coupons <> {n}" for n in range(13)), thresholds=[])
    lines = lines_of(named)
    assert lines["Complexity"][0] == "warn" and "14 of 12 conditions" in lines["Complexity"][1]
    assert lines["Size"] == ("warn", "0 customers, counted on profile build 1.")
    assert lines["Hold-out"][1].startswith("Too few customers")


def test_checks__a_request__carries_the_checklist_of_what_it_proposes(cast: SimpleNamespace, named: str) -> None:
    checks = {check["name"]: check for check in change(cast, named, rule="spend >= 1500").revisions.latest("pk").checks}
    assert {"Complexity", "Size", "Hold-out", "Separability", "Ethics"} <= set(checks)
    assert "The rule is new and has no history" in checks["Stability"]["reason"]
