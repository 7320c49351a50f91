"""What a preview tells a viewer without rights: no person, no difference of a person, nothing of hidden attributes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from common.api.throttles import RuleQuestions
from memberships.selectors import masked_previews, preview_for
from taxonomy.rules import parse
from taxonomy.selectors import parse_for, rule_catalogue
from tests.factories.grocer import CUSTOMERS
from tests.memberships.conftest import enact, run_now


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "fewer than 5"),
        (1, "fewer than 5"),
        (4, "fewer than 5"),
        (5, 10),
        (14, 10),
        (15, 20),
        (994, 990),
        (1234, 1200),
        (99_999, 100_000),
        (123_456, 120_000),
    ],
)
def test_rounded__any_count__is_coarse_and_never_points_at_persons(count: int, told: int | str) -> None:
    assert masked_previews.rounded(count) == told


def test_rounded__every_count__is_within_half_a_step_or_vague() -> None:
    for count in range(5, 20_000):
        told = masked_previews.rounded(count)
        assert isinstance(told, int)
        assert abs(told - count) <= max(5, count * 0.05)


def test_preview_for__who_may_see_customers__gets_the_exact_funnel(computed: Any) -> None:
    rule = parse("spend_365d >= 3000 AND orders_90d >= 12", rule_catalogue())
    found = preview_for(computed.rep, rule)
    assert [(step.kept, step.dropped) for step in found.funnel] == [(5, 7), (3, 2)]
    assert (found.count, found.total, found.exact, found.said) == (3, len(CUSTOMERS), True, "3")


def test_preview_for__who_may_not_see_customers__gets_rounded_figures_that_add_up(computed: Any) -> None:
    rule = parse("spend_365d >= 3000 AND orders_90d >= 12", rule_catalogue())
    found = preview_for(computed.viewer, rule)
    assert [(step.kept, step.dropped) for step in found.funnel] == [(10, 2), ("fewer than 5", 10)]
    assert (found.count, found.exact, found.said) == ("fewer than 5", False, "fewer than 5")


@pytest.mark.parametrize("picked", ["orders_90d = -1", "orders_90d >= 21"])
def test_preview_for__nobody_or_one__look_alike_to_who_may_not_see_customers(computed: Any, picked: str) -> None:
    found = preview_for(computed.viewer, parse(picked, rule_catalogue()))
    assert found.said == "fewer than 5"
    assert {step.kept for step in found.funnel} == {"fewer than 5"}


def test_coarse__step_that_takes_away_a_few__is_told_as_taking_away_nobody() -> None:
    assert masked_previews._coarse([1000, 405, 404, 401, 400, 395]) == [1000, 410, 410, 410, 400, 400]


def test_coarse__nearly_everybody__is_never_more_than_there_are() -> None:
    assert masked_previews._coarse([2469, 2469, 2455, 200]) == [2469, 2469, 2469, 200]


def test_preview_for__parents_clauses_on_hidden_attributes__are_one_unnamed_step(computed: Any) -> None:
    enact("families", kind="create", parent=None, rule="orders_90d >= 1 AND has_children AND NOT has_children IS NULL")
    run_now("families")
    rule = parse_for(computed.viewer, "spend_365d >= 100", "families")
    found = preview_for(computed.viewer, rule)
    assert [step.is_hidden for step in found.funnel] == [False, True, False]
    assert "has_children" not in str(found)
    assert "has_children" in str(preview_for(computed.steward, rule))


def test_rule_questions__beyond_the_rate__are_told_when_to_come_again(
    computed: Any, api_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RuleQuestions, "rate", "3/min", raising=False)
    client = api_of(computed.viewer)
    answers = [
        client.post(f"/api/v1/rules/{door}/", {"text": "orders_90d > 1"}, content_type="application/json")
        for door in ("check", "preview", "check", "preview")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1].json()["status"] == 429
    assert client.get("/api/v1/segments/").status_code == 200


DOORS = ("check", "preview")
ASKS = [
    "{} > 1",
    "NOT {}",
    "{} IS NULL AND orders_90d > 1",
    "orders_90d > 1 OR {} = 'x'",
    "CONTAINS({}, 'x')",
    "LOWER({}) = 'x'",
    "orders_90d > {}",
    "orders_90d IN (1, {})",
    '"{}" BETWEEN 1 AND 2',
]


def _refusals(client: Client, door: str, body: dict[str, Any]) -> Any:
    answer = client.post(f"/api/v1/rules/{door}/", body, content_type="application/json")
    assert answer.status_code == 400
    return answer.json()


@pytest.mark.parametrize("door", DOORS)
def test_hidden_attribute__in_any_place_of_a_rule__reads_like_one_that_is_not_there(
    computed: Any, api_of: Callable[..., Client], door: str
) -> None:
    client = api_of(computed.viewer)
    for ask in ASKS:
        hidden = _refusals(client, door, {"text": ask.format("has_children")})
        absent = _refusals(client, door, {"text": ask.format("qqqqqqqqqqqq")})
        assert str(hidden).replace("has_children", "qqqqqqqqqqqq") == str(absent), ask
        near = _refusals(client, door, {"text": ask.format("has_childrem")})
        assert "has_children" not in str(near), ask


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("type_", ["boolean", "number", None])
def test_hidden_attribute__in_a_tree__reads_like_one_that_is_not_there(
    computed: Any, api_of: Callable[..., Client], door: str, type_: str | None
) -> None:
    client = api_of(computed.viewer)

    def asked(key: str) -> Any:
        attribute = {"kind": "attribute", "key": key, **({"type": type_} if type_ else {})}
        return _refusals(client, door, {"rule": {"format": 1, "rule": {"kind": "flag", "attribute": attribute}}})

    assert str(asked("has_children")).replace("has_children", "qqqqqqqqqqqq") == str(asked("qqqqqqqqqqqq"))


def test_hidden_attribute__of_a_parent_or_another_segment__is_named_by_no_answer(
    computed: Any, api_of: Callable[..., Client]
) -> None:
    enact("families", kind="create", parent=None, rule="orders_90d >= 1 AND has_children")
    run_now("families")
    client = api_of(computed.viewer)
    for body in ({"text": "spend_365d > 1", "parent": "families"}, {"text": "IN_SEGMENT('families')"}):
        for door in DOORS:
            answer = client.post(f"/api/v1/rules/{door}/", body, content_type="application/json")
            assert answer.status_code == 200
            assert "has_children" not in answer.content.decode(), (door, body)


def test_hidden_attribute__in_a_comparison__reads_like_one_that_is_not_there(
    computed: Any, api_of: Callable[..., Client]
) -> None:
    client = api_of(computed.viewer)

    def asked(key: str) -> str:
        return str(_refusals(client, "compare", {"a": f"{key} AND orders_90d > 1", "b": f"NOT {key}"}))

    assert asked("has_children").replace("has_children", "qqqqqqqqqqqq") == asked("qqqqqqqqqqqq")


def test_preview__bisection_of_a_hidden_attribute__gets_twenty_equal_refusals(
    computed: Any, api_of: Callable[..., Client]
) -> None:
    client = api_of(computed.viewer)
    answers = {str(_refusals(client, "preview", {"text": f"has_children AND orders_90d > {n}"})) for n in range(20)}
    assert len(answers) == 1


def test_preview__difference_of_one_person__is_not_told(computed: Any) -> None:
    """All but one, and all: who may not see customers is told the same of both."""
    everybody = preview_for(computed.viewer, parse("orders_90d >= 0 OR orders_90d IS NULL", rule_catalogue()))
    counts = {}
    for limit in range(60):
        text = f"(orders_90d >= 0 OR orders_90d IS NULL) AND (orders_90d <> {limit} OR orders_90d IS NULL)"
        rule = parse(text, rule_catalogue())
        exact = preview_for(computed.steward, rule).count
        counts[exact] = preview_for(computed.viewer, rule).count
    assert len(counts) > 1
    assert set(counts.values()) == {everybody.count}
