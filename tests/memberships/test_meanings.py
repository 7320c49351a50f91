"""What a change of a rule means: counts of the regions, real and made-up customers, masks, API and page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.clock import now
from customers.services.attributes import define_attribute
from customers.services.erasure import erase_customer
from memberships.errors import NotComputed
from memberships.selectors import meaning_for, regions_between
from memberships.selectors.builds import readable_build
from taxonomy.rules import Rule, matches, parse
from taxonomy.selectors import ChangeClass, rule_catalogue, rule_of_version, version
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db

Row = dict[str, Any]
REFUSED = 400


def rule(text: str) -> Rule:
    return parse(text, rule_catalogue())


def at_least(key: str, low: float) -> Callable[[Row], bool]:
    return lambda row: row[key] is not None and row[key] >= low


RECOUNTED: list[tuple[str, str, Callable[[Row], bool], Callable[[Row], bool]]] = [
    ("orders_90d >= 12", "orders_90d >= 14", at_least("orders_90d", 12), at_least("orders_90d", 14)),
    ("orders_90d >= 2", "spend_365d >= 700", at_least("orders_90d", 2), at_least("spend_365d", 700)),
    (
        "has_children",
        "IN_SEGMENT('anchors')",
        lambda row: row["has_children"] is True,
        lambda row: at_least("orders_90d", 12)(row) and at_least("spend_365d", 3000)(row),
    ),
    ("CONTAINS(departments, 'Deli')", "TRUE", lambda row: "Deli" in (row["departments"] or []), lambda row: True),
]


def test_regions_between__any_two_rules__counts_equal_a_recount(computed: Any) -> None:
    rows = readable_build().frame.collect().to_dicts()
    for old, new, is_old, is_new in RECOUNTED:
        answers = [(is_old(row), is_new(row)) for row in rows if row["alive"]]
        recount = {
            "only_old": answers.count((True, False)),
            "both": answers.count((True, True)),
            "only_new": answers.count((False, True)),
        }
        assert regions_between(rule(old), rule(new)).counts == recount
        assert sum(recount.values()) > 0


def test_regions_between__a_segment_that_is_not_there__is_not_computed(computed: Any) -> None:
    with pytest.raises(NotComputed, match="no-such"):
        regions_between(rule("orders_90d >= 1"), rule("IN_SEGMENT('no-such')"))


def test_meaning_for__each_region__has_the_first_real_customer_with_the_values_that_count(computed: Any) -> None:
    found = meaning_for(computed.rep, rule("orders_90d >= 12"), rule("spend_365d >= 3000"))
    examples = found.regions.examples
    assert {name: each.external_id for name, each in examples.items()} == {
        "only_old": "hh-03",
        "both": "hh-01",
        "only_new": "hh-04",
    }
    assert [(value.label, value.words) for value in examples["only_old"].values] == [
        ("Orders, 90 days", "12 orders"),
        ("Spend, 365 days", "2900 USD"),
    ]


def test_meaning_for__customer_erased_since_the_build__another_is_shown(computed: Any) -> None:
    erase_customer(actor=computed.administrator, external_id="hh-01", reason="asked for it")
    found = meaning_for(computed.rep, rule("orders_90d >= 12"), rule("spend_365d >= 3000"))
    assert found.regions.examples["both"].external_id == "hh-02"


def test_meaning_for__who_may_not_see_customers__gets_rounded_counts_and_nobody(computed: Any) -> None:
    found = meaning_for(computed.viewer, rule("orders_90d >= 0"), rule("orders_90d >= 12"))
    assert found.regions.counts == {"only_old": 10, "both": 10, "only_new": "fewer than 5"}
    assert not found.regions.examples and found.regions.why_no_examples and not found.regions.exact


def test_meaning_for__hidden_attribute__tells_neither_value_nor_threshold(computed: Any) -> None:
    old, new = rule("orders_90d >= 1 AND household_note = 'call in the evening'"), rule("orders_90d >= 1")
    seen = meaning_for(computed.steward, old, new).comparison
    assert "call in the evening" in seen.sentence
    told = meaning_for(computed.rep, old, new)
    assert "call in the evening" not in repr(told.comparison.regions) + told.comparison.sentence
    assert "attributes that you may not see" in told.comparison.sentence
    made_up = told.comparison.regions["both"].made_up
    assert made_up is not None and list(made_up.attributes) == ["orders_90d"] and made_up.withheld == 1
    example = told.regions.examples["both"]
    assert (example.external_id, example.withheld, len(example.values)) == ("hh-07", 1, 1)


def test_meaning_for__no_build_yet__proves_without_counting(grocer: Any) -> None:
    found = meaning_for(grocer.rep, rule("orders_90d >= 12"), rule("orders_90d >= 14"))
    assert found.comparison.change == ChangeClass.NARROWER
    assert found.regions.not_computed_reason and not found.seen


# ---- The API ----


def compare(client: Client, body: Any, status: int = 200) -> Any:
    answer = client.post("/api/v1/rules/compare/", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


RELATIONS = [
    ("orders_90d >= 3 AND has_children", "has_children AND NOT (orders_90d < 3)", "equal", ["only_a", "only_b"]),
    ("orders_90d >= 5", "orders_90d >= 3", "narrower", ["only_a"]),
    ("orders_90d >= 3", "orders_90d > 3", "wider", ["only_b"]),
    ("orders_90d >= 3", "orders_90d < 3", "disjoint", ["both"]),
    ("orders_90d >= 3", "spend_365d >= 3", "overlapping", []),
]
MEMBER_OF = {"only_a": (True, False), "only_b": (False, True), "both": (True, True)}


def test_compare__every_relation__proved_with_witnesses_who_answer_so(computed: Any, api_of: Any) -> None:
    client = api_of(computed.steward)
    for a, b, relation, empty in RELATIONS:
        found = compare(client, {"a": a, "b": b})
        assert (found["relation"], found["proof"]) == (relation, "proved")
        assert [name for name, witness in sorted(found["witnesses"].items()) if witness is None] == sorted(empty)
        for name, witness in found["witnesses"].items():
            if witness is not None:
                answers = tuple(matches(rule(text), witness["attributes"], now()) is True for text in (a, b))
                assert answers == MEMBER_OF[name]


def test_compare__one_boundary_changed__named_in_one_sentence_with_counts(computed: Any, api_of: Any) -> None:
    found = compare(api_of(computed.steward), {"a": "orders_90d >= 12", "b": "orders_90d > 12"})
    assert found["difference"] == (
        "b is narrower than a: “at least 12 orders (90 days)” became “more than 12 orders (90 days)”: only the "
        "boundary changed, 12 itself no longer counts; nobody new can enter, and some can leave."
    )
    assert [clause["kind"] for clause in found["clauses"]] == ["boundary"]
    counts = found["counts"]
    assert (counts["only_a"], counts["both"], counts["only_b"], counts["exact"]) == (1, 4, 0, True)
    assert found["change"] == "narrower"
    assert (found["examples"]["only_a"]["customer"], found["examples"]["only_b"]) == ("hh-03", None)


def test_compare__beyond_the_prover__undecided_with_the_weakest_relation_and_what_is_observed(
    computed: Any, api_of: Any
) -> None:
    content = {"label": "Remark", "type": "text", "dimension": "value", "sensitivity": "public", "source": "pos"}
    define_attribute(actor=computed.steward, key="remark", content=content)
    run_now()
    beyond = "LOWER(household_note) = remark AND remark = 'A'"
    found = compare(api_of(computed.steward), {"a": "orders_90d >= 14", "b": f"orders_90d >= 14 OR {beyond}"})
    assert (found["relation"], found["proof"], found["change"]) == ("narrower", "undecided", "undecided")
    assert found["regions"] == {"only_a": "impossible", "both": "possible", "only_b": "undecided"}
    assert found["reason"] and found["difference"].startswith("How b stands to a is undecided: ")
    assert "whether anybody new can enter could not be shown" in found["difference"]
    assert (found["counts"]["only_a"], found["counts"]["only_b"]) == (0, 0)


def test_compare__tree_text_and_parent__read_like_the_checked_rule(computed: Any, api_of: Any) -> None:
    client = api_of(computed.steward)
    checked = client.post("/api/v1/rules/check/", {"text": "orders_90d >= 12"}, content_type="application/json").json()
    found = compare(client, {"a": checked["rule"], "b": "orders_90d >= 12 AND spend_365d >= 3000", "parent": "anchors"})
    assert (found["relation"], found["change"]) == ("equal", "no_effect")


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"a": "orders_90d >=", "b": "nonsense > 1"}, ["/a", "/b"]),
    ({"a": "orders_90d > 1", "b": {"format": 1, "rule": {"kind": "nonsense"}}}, ["/b/rule"]),
    ({"a": "orders_90d > 1", "b": 7}, ["/b"]),
    ({"a": "orders_90d > 1"}, ["/b"]),
    ({"a": "TRUE", "b": "TRUE", "parent": "no-such"}, ["/parent"]),
    ({"a": "TRUE", "b": "TRUE", "more": 1}, ["/more"]),
]


def test_compare__wrong_input__refused_with_its_place(grocer: Any, api_of: Any) -> None:
    client = api_of(grocer.steward)
    for body, pointers in WRONG:
        errors = compare(client, body, REFUSED)["errors"]
        assert [each["pointer"][: len(pointers[place])] for place, each in enumerate(errors)] == pointers


def test_compare__fault_in_text__has_line_and_column(grocer: Any, api_of: Any) -> None:
    [error] = compare(api_of(grocer.steward), {"a": "TRUE", "b": "orders_90d > 1 AND\n ordrs > 2"}, REFUSED)["errors"]
    assert (error["pointer"], error["position"], error["code"]) == ("/b", {"line": 2, "column": 2}, "unknown_attribute")


def test_compare__hidden_attribute_of_the_caller__is_unknown(grocer: Any, api_of: Any) -> None:
    [error] = compare(api_of(grocer.rep), {"a": "TRUE", "b": "household_note = 'x'"}, REFUSED)["errors"]
    assert error["code"] == "unknown_attribute"


def test_compare__stranger__is_refused(grocer: Any, api_of: Any) -> None:
    compare(api_of(grocer.stranger), {"a": "TRUE", "b": "TRUE"}, 403)


# ---- The page that compares two versions ----


@pytest.fixture
def changed(computed: Any) -> Any:
    """The grocer whose anchors were made narrower."""
    enact("anchors", rule="orders_90d >= 14 AND spend_365d >= 3000")
    return computed


def region(client: Client, key: str = "anchors", old: int = 1, new: int = 2, status: int = 200) -> str:
    answer = client.get(reverse("memberships:version-meaning", args=[key, old, new]))
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def test_version_meaning__narrower__says_class_clause_counts_and_customers(changed: Any, client_of: Any) -> None:
    client = client_of(changed.rep)
    assert (
        reverse("memberships:version-meaning", args=["anchors", 1, 2])
        in client.get("/segments/anchors/versions/compare/").content.decode()
    )
    text = region(client)
    assert "Narrower" in text and "Proved" in text and "Nobody new can enter" in text
    assert "raised from 12 to 14" in text
    assert "Made-up customer" in text and "hh-01" in text and "Nobody can be here" in text


def test_version_meaning__every_role__sees_what_it_may(changed: Any, client_of: Any) -> None:
    for person in ("viewer", "learner", "owner", "auditor", "steward", "administrator"):
        text = region(client_of(getattr(changed, person)))
        assert "Narrower" in text
        sees_customers = person not in ("viewer", "learner")
        assert ("hh-01" in text) is sees_customers
        assert ("fewer than 5" in text) is not sees_customers
        # Nobody can enter: that is proved, so it is no count that could point at anybody.
        assert '<strong class="num">0</strong> enter' in text


def test_version_meaning__parent_moved__effective_rules_are_compared(computed: Any, client_of: Any) -> None:
    enact("anchor-families", "move", parent="households", tier="segment")
    text = region(client_of(computed.rep), "anchor-families")
    assert "Wider" in text and "was dropped: “at least 12 orders (90 days)”" in text


def test_version_meaning__target_of_a_reference__is_looked_into(computed: Any) -> None:
    enact("guests", "create", parent=None, rule="IN_SEGMENT('anchors')")
    enact("guests", rule="orders_90d >= 12 AND spend_365d >= 3000 AND IN_SEGMENT('households')")
    run_now()
    old, new = (rule_of_version(version("guests", number)) for number in (1, 2))
    assert meaning_for(computed.rep, old, new).comparison.change == ChangeClass.NO_EFFECT


def test_version_meaning__no_such_version__is_not_found(changed: Any, client_of: Any) -> None:
    region(client_of(changed.rep), new=9, status=404)
