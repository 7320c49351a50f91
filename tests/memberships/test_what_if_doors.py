"""Trying values over the API and on the segment's page: figures, masking, refusals."""

from typing import Any

import pytest

from memberships.services import validate_run
from tests.memberships.conftest import enact

pytestmark = pytest.mark.django_db
RULE = {"text": "orders_90d >= 12 AND spend_365d >= 3000", "attribute": "orders_90d", "operator": ">="}


def ask(client: Any, status: int = 200, **given: Any) -> Any:
    answer = client.post("/api/v1/rules/what-if/", {**RULE, **given}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_api__values__counts_each_against_the_present_one(computed: Any, api_of: Any) -> None:
    found = ask(api_of(computed.steward), values=[9, 14])
    assert (found["exact"], found["build"], found["population"], found["kind"]) == (True, 1, 12, "number")
    assert (found["measure"], found["unit"]) == ("spend_365d", "USD")
    assert [(p["value"], p["members"], p["change"], p["sum"], p["present"]) for p in found["points"]] == [
        (9, 4, 1, 15300.0, False), (12, 3, 0, 11300.0, True), (14, 2, -1, 8300.0, False),
    ]  # fmt: skip
    below = ask(api_of(computed.steward), values=[9], text="orders_90d >= 12", parent="anchors")
    assert [p["members"] for p in below["points"]] == [3, 3]


def test_api__range_and_nothing__choose_the_values(computed: Any, api_of: Any) -> None:
    client = api_of(computed.steward)
    found = ask(client, range={"low": 10, "high": 20})
    assert [p["value"] for p in found["points"]] == list(range(10, 21))
    values = [p["value"] for p in ask(client)["points"]]
    assert 12 in values and values == sorted(values) and len(values) > 5


@pytest.mark.parametrize(
    ("given", "status", "pointer"),
    [
        ({"operator": "<"}, 400, "/attribute"),
        ({"occurrence": 2}, 400, "/attribute"),
        ({"operator": "~"}, 400, "/operator"),
        ({"values": ["many"]}, 400, "/values/0"),
        ({"values": [True]}, 400, "/values/0"),
        ({"values": [[]]}, 400, "/values/0"),
        ({"values": list(range(101))}, 400, "/values"),
        ({"values": [1], "range": {"low": 1, "high": 2}}, 400, ""),
        ({"range": {"low": 5, "high": 5}}, 400, "/range"),
        ({"range": {"low": 5}}, 400, "/range/high"),
        ({"range": {"low": 5, "high": 9, "steps": 2}}, 400, "/range/steps"),
        ({"values": [10**400]}, 400, "/values/0"),
        ({"measure": "orders_90d"}, 400, "/measure"),
        ({"surprise": 1}, 400, "/surprise"),
        ({"text": "orders_90d >= 12 AND nonsense = 1"}, 400, "/rule"),
    ],
)
def test_api__what_does_not_fit__is_refused_with_its_place(
    computed: Any, api_of: Any, given: dict[str, Any], status: int, pointer: str
) -> None:
    found = ask(api_of(computed.steward), status, **given)
    assert pointer in [error.get("pointer", "") for error in found["errors"]] or not pointer


def test_api__before_any_customer__says_what_to_do(grocer: Any, api_of: Any) -> None:
    assert "no customer data" in ask(api_of(grocer.steward), 409)["detail"]


def test_api__viewer_without_customers__gets_rounded_figures_and_no_small_ones(computed: Any, api_of: Any) -> None:
    found = ask(api_of(computed.viewer), values=[0, 1, 2, 3], text="orders_90d >= 2")
    assert found["exact"] is False
    shown = {p["value"]: (p["members"], p["sum"], p["mean"], p["change"]) for p in found["points"]}
    # 9, 8, 7 and 6 customers; neighbours that fewer than five set apart tell the same.
    assert len(set(shown.values())) == 1 and shown[2][0] == 10
    few = ask(api_of(computed.viewer), values=[14], text="orders_90d >= 13")
    assert {(p["members"], p["sum"], p["mean"], p["change"]) for p in few["points"]} == {
        ("fewer than 5", None, None, None)
    }


def test_api__hidden_attribute_in_a_parent__counts_nothing(computed: Any, api_of: Any) -> None:
    enact("noted", kind="create", parent=None, tier="market", rule="household_note IS NOT NULL OR orders_90d > 0")
    found = ask(api_of(computed.rep), 403, text="orders_90d >= 3", parent="noted")
    assert "may not see" in found["detail"]
    assert ask(api_of(computed.steward), text="orders_90d >= 3", parent="noted")["points"]
    assert "unknown_attribute" in str(ask(api_of(computed.rep), 400, text="orders_90d >= 3 AND household_note IS NULL"))


def test_page__each_value__has_a_row_and_a_proposal(computed: Any, client_of: Any) -> None:
    named = [{"name": "orders", "label": "Minimum orders", "attribute": "orders_90d", "operator": ">="}]
    enact("anchors", thresholds=named)
    page = client_of(computed.owner).get("/segments/anchors/thresholds/").content.decode()
    assert "Minimum orders: 12 orders" in page
    assert 'type="range"' in page and "<datalist" in page and 'aria-valuetext="12 orders"' in page
    assert "threshold=1.%3E%3D.orders_90d&amp;value=13" in page
    assert "Exact, of 12 customers on profile build 1" in " ".join(page.split())
    region = client_of(computed.owner).get(
        "/segments/anchors/thresholds/?threshold=1.>=.spend_365d", headers={"HX-Request": "true"}
    )
    assert "<html" not in region.content.decode() and "Spend, 365 days at least" in region.content.decode()


def test_page__viewer_and_hidden__are_told_why(computed: Any, client_of: Any) -> None:
    page = client_of(computed.viewer).get("/segments/anchors/thresholds/").content.decode()
    assert "Rounded, because you may not see customers" in page and "fewer than 5" in page
    enact("noted", kind="create", parent=None, tier="market", rule="household_note IS NOT NULL AND orders_90d > 0")
    page = client_of(computed.rep).get("/segments/noted/thresholds/").content.decode()
    assert "Nothing is counted here" in page and "data-point" not in page
    assert "Nothing to tune" in client_of(computed.rep).get("/segments/households/thresholds/").content.decode()


def test_try_rule__a_value__comes_back_in_the_rule(computed: Any, client_of: Any) -> None:
    client = client_of(computed.owner)
    given = {"rule": "orders_90d >= 12", "parent": "households", "threshold": "1.>=.orders_90d"}
    page = client.post("/rules/try/", given).content.decode()
    assert "data-new-rule" not in page and "Write 13 orders into the rule" in page
    page = client.post("/rules/try/", {**given, "value": "13"}).content.decode()
    assert "orders_90d &gt;= 13</textarea>" in page
    assert "Give a number" in client.post("/rules/try/", {**given, "value": "many"}).content.decode()
    assert "There is no attribute" in client.post("/rules/try/", {"rule": "nonsense > 1"}).content.decode()


def test_hold_out_region__before_and_after_the_run__says_which(computed: Any, client_of: Any) -> None:
    client = client_of(computed.viewer)
    assert "Not tested yet" in client.get("/memberships/hold-out/anchors/1/").content.decode()
    validate_run(computed.first_run.pk)
    assert "Too few customers" in client.get("/memberships/hold-out/anchors/1/").content.decode()
    assert client.get("/memberships/hold-out/anchors/9/").status_code == 404
