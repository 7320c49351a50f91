"""What a change needs: the resolver of policies against a table and a slow oracle, policies as somebody writes them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import Invalid
from reviews.conditions import RELATIONS, condition_in_words, holds, needs_effect, resolve
from reviews.selectors.board_policy import checked_policy
from reviews.selectors.facts import facts_of

BASE = {"quorum": 2, "required": {"marketing": 1}, "reject_on": "any", "expires_days": 30}
FINANCE = {"name": "Revenue", "when": {"revenue_moved_over": 1000}, "then": {"required": {"finance": 1}}}
LIGHT = {"name": "No effect", "when": {"relation": ["no_effect"]}, "then": {"light": True, "quorum": 1}}
KNOWN = {
    "kind": "change",
    "subject_type": "segment",
    "relation": "wider",
    "is_proved": True,
    "members_moved": 10,
    "share_moved": 0.1,
    "revenue_moved": 500,
    "sensitive": [],
    "metadata_only": False,
    "bulk": False,
}


@pytest.mark.parametrize(
    ("when", "changed", "answer"),
    [
        ({"members_moved_over": 9}, {}, True),
        ({"members_moved_over": 10}, {}, False),
        ({"members_moved_at_most": 10}, {}, True),
        ({"members_moved_over": 9}, {"members_moved": None}, None),
        ({"share_moved_over": 0.05}, {}, True),
        ({"share_moved_at_most": 0.05}, {}, False),
        ({"revenue_moved_over": 499.5}, {}, True),
        ({"revenue_moved_over": 0}, {"revenue_moved": 0}, False),
        ({"revenue_moved_over": 0}, {"revenue_moved": None}, None),
        ({"relation": ["wider", "shifted"]}, {}, True),
        ({"relation": ["no_effect"]}, {}, False),
        ({"relation": ["wider"]}, {"is_proved": False}, None),
        ({"relation": ["no_effect"]}, {"relation": None}, None),
        ({"relation": ["no_effect"]}, {"relation": "none"}, False),
        ({"sensitive": True}, {"sensitive": ["illness"]}, True),
        ({"sensitive": True}, {}, False),
        ({"sensitive": True}, {"sensitive": None}, None),
        ({"metadata_only": True}, {"metadata_only": True}, True),
        ({"bulk": True}, {"bulk": True}, True),
        ({"kinds": ["retire"]}, {"kind": "retire"}, True),
        ({"kinds": ["retire"]}, {}, False),
        ({"subject_types": ["playbook"]}, {}, False),
        # One part that surely is not so outweighs another one that nobody knows.
        ({"kinds": ["retire"], "members_moved_over": 1}, {"members_moved": None}, False),
        ({"kinds": ["change"], "members_moved_over": 1}, {"members_moved": None}, None),
    ],
)
def test_condition__facts__holds_does_not_or_is_not_known(when: dict[str, Any], changed: Any, answer: Any) -> None:
    assert holds(when, {**KNOWN, **changed}) is answer


def test_resolve__nothing_holds__is_what_the_board_usually_asks() -> None:
    found = resolve({**BASE, "conditions": [FINANCE]}, KNOWN)
    assert (found.quorum, found.required, found.light, found.strictest, found.because) == (
        2,
        {"marketing": 1},
        False,
        False,
        (),
    )


def test_resolve__missing_information__takes_the_strictest_path_and_says_what_is_missing() -> None:
    found = resolve({**BASE, "conditions": [FINANCE, LIGHT]}, {**KNOWN, "revenue_moved": None, "relation": "no_effect"})
    assert found.strictest and not found.light
    assert found.required == {"marketing": 1, "finance": 1}
    assert "how much revenue moves" in found.because[0]["adds"]


def test_resolve__light_path__only_when_proved_and_nothing_stricter_holds() -> None:
    policy = {**BASE, "conditions": [FINANCE, LIGHT]}
    same = {**KNOWN, "relation": "no_effect", "revenue_moved": 0}
    assert (resolve(policy, same).light, resolve(policy, same).quorum, resolve(policy, same).required) == (True, 1, {})
    assert not resolve(policy, {**same, "is_proved": False}).light
    assert not resolve(policy, {**same, "relation": None}).light
    assert not resolve(policy, {**same, "revenue_moved": 5000}).light


def test_resolve__several_conditions__each_adds_and_none_takes_away() -> None:
    more = [
        {
            "name": "A",
            "when": {"members_moved_over": 1},
            "then": {"quorum": 3, "people": ["parent_owner"], "due_days": 9},
        },
        {
            "name": "B",
            "when": {"members_moved_over": 2},
            "then": {"required": {"sales": 2, "marketing": 2}, "due_days": 4},
        },
        {
            "name": "C",
            "when": {"share_moved_over": 0.01},
            "then": {"outsiders": 1, "notice_days": 7, "expires_days": 5},
        },
        {"name": "D", "when": {"bulk": False}, "then": {"demands": ["ethics"], "people": ["parent_owner"]}},
    ]
    found = resolve({**BASE, "reject_on": "impossible", "demands": ["rollback"], "conditions": more}, KNOWN)
    assert (found.quorum, found.required) == (4, {"marketing": 2, "sales": 2})
    assert found.people == (("parent_owner", "A"),)
    assert (found.outsiders, found.notice_days, found.due_days, found.expires_days) == (1, 7, 4, 5)
    assert (found.demands, found.reject_on) == (("rollback", "ethics"), "impossible")
    assert [item["condition"] for item in found.because] == ["A", "B", "C", "D"]


numbers = st.integers(0, 20)
facts = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["create", "change", "retire"]),
        "subject_type": st.sampled_from(["segment", "playbook"]),
        "relation": st.none() | st.sampled_from([*RELATIONS, "none"]),
        "is_proved": st.booleans(),
        "members_moved": st.none() | numbers,
        "share_moved": st.none() | st.floats(0, 1),
        "revenue_moved": st.none() | numbers,
        "sensitive": st.none() | st.lists(st.just("illness"), max_size=1),
        "metadata_only": st.none() | st.booleans(),
        "bulk": st.booleans(),
    }
)
whens = st.fixed_dictionaries(
    {},
    optional={
        "members_moved_over": numbers,
        "members_moved_at_most": numbers,
        "revenue_moved_over": numbers,
        "relation": st.lists(st.sampled_from(RELATIONS), min_size=1, max_size=2, unique=True),
        "sensitive": st.booleans(),
        "metadata_only": st.booleans(),
        "kinds": st.lists(st.sampled_from(["create", "change"]), min_size=1, unique=True),
    },
).filter(bool)
thens = st.fixed_dictionaries(
    {},
    optional={
        "quorum": st.integers(2, 5),
        "required": st.dictionaries(st.sampled_from(["finance", "privacy"]), st.integers(1, 1), min_size=1),
        "outsiders": st.integers(1, 2),
        "notice_days": st.integers(1, 9),
    },
).filter(bool)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    rows = draw(st.lists(st.tuples(whens, thens, st.booleans()), max_size=4))
    conditions = [
        {"name": f"c{place}", "when": when, "then": {**then, "light": True} if light else then}
        for place, (when, then, light) in enumerate(rows)
    ]
    return checked_policy({**BASE, "conditions": conditions})


@settings(max_examples=400, deadline=None)
@given(policy=policies(), known=facts)
def test_resolve__any_policy_and_facts__never_falls_below_and_learning_more_never_adds(
    policy: dict[str, Any], known: dict[str, Any]
) -> None:
    found = resolve(policy, known)
    assert found.quorum >= max(1, sum(found.required.values()))
    if not found.light:
        assert found.quorum >= policy["quorum"]
        assert all(found.required.get(name, 0) >= number for name, number in policy["required"].items())
    stricter = [item for item in policy.get("conditions", []) if not item["then"].get("light")]
    for item in stricter:
        if holds(item["when"], known) is not False:
            assert not found.light
            assert found.quorum >= item["then"].get("quorum", 1)
            assert found.outsiders >= item["then"].get("outsiders", 0)
            assert found.notice_days >= item["then"].get("notice_days", 0)
            assert all(found.required.get(name, 0) >= n for name, n in item["then"].get("required", {}).items())
    # What was not known and turns out to hold asks for the same: nothing is gained by hiding a fact.
    blind = {**known, "members_moved": None, "revenue_moved": None, "relation": None, "sensitive": None}
    hidden = resolve(policy, blind)
    assert hidden.light <= found.light
    if not found.light and not hidden.light:
        assert hidden.quorum >= found.quorum and hidden.outsiders >= found.outsiders


@pytest.mark.parametrize(
    ("policy", "pointer"),
    [
        ({"conditions": {}}, "/policy/conditions"),
        ({"conditions": ["x"]}, "/policy/conditions/0"),
        ({"conditions": [{"name": "A", "when": {}, "then": {"quorum": 3}}]}, "/policy/conditions/0/when"),
        ({"conditions": [{"name": "A", "when": {"moon": 1}, "then": {"quorum": 3}}]}, "/policy/conditions/0/when/moon"),
        ({"conditions": [{"name": "A", "when": {"bulk": 1}, "then": {"quorum": 3}}]}, "/policy/conditions/0/when/bulk"),
        (
            {"conditions": [{"name": "A", "when": {"share_moved_over": 5}, "then": {"quorum": 3}}]},
            "/policy/conditions/0/when/share_moved_over",
        ),
        (
            {"conditions": [{"name": "A", "when": {"relation": ["twin"]}, "then": {"quorum": 3}}]},
            "/policy/conditions/0/when/relation/0",
        ),
        ({"conditions": [{"name": "A", "when": {"bulk": True}, "then": {}}]}, "/policy/conditions/0/then"),
        (
            {"conditions": [{"name": "A", "when": {"bulk": True}, "then": {"light": True, "quorum": 0}}]},
            "/policy/conditions/0/then/quorum",
        ),
        (
            {"conditions": [{"name": "A", "when": {"bulk": True}, "then": {"people": ["anybody"]}}]},
            "/policy/conditions/0/then/people/0",
        ),
        ({"conditions": [FINANCE, FINANCE]}, "/policy/conditions/1/name"),
        ({"conditions": [{"name": "", "when": {"bulk": True}, "then": {"quorum": 3}}]}, "/policy/conditions/0/name"),
        ({"outsiders": -1}, "/policy/outsiders"),
        ({"notice_days": "soon"}, "/policy/notice_days"),
        ({"demands": ["gold"]}, "/policy/demands/0"),
        ({"people": "parent_owner"}, "/policy/people"),
    ],
)
def test_policy__that_is_not_sound__is_refused_where_it_stands(policy: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_policy({"quorum": 2, **policy})
    assert refused.value.errors[0]["pointer"] == pointer
    assert refused.value.detail.endswith(".")


def test_policy__plain__stays_as_short_as_it_was_written() -> None:
    assert checked_policy({"quorum": 2, "outsiders": 0, "people": [], "conditions": []}) == {
        "quorum": 2,
        "required": {},
        "reject_on": "any",
        "expires_days": 30,
    }


def test_conditions__in_words__say_when_and_what() -> None:
    assert condition_in_words(FINANCE) == "Revenue: when more than 1,000 of revenue move, it needs 1 of finance."
    assert condition_in_words(LIGHT).startswith("No effect: when it is proved that the rule stays the same, 1 approval")
    assert not needs_effect(
        {**BASE, "conditions": [{"name": "A", "when": {"kinds": ["retire"]}, "then": {"quorum": 3}}]}
    )
    assert needs_effect({**BASE, "conditions": [LIGHT]})


MOVED = {"form": "membership", "computed": True, "entering": 3, "leaving": 1, "staying": 7}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("change", "segment", {}, [{"field": "rule"}], MOVED), {"members_moved": 4, "share_moved": 0.5}),
        (
            ("change", "segment", {}, [{"field": "rule"}], {"computed": False}),
            {"members_moved": None, "share_moved": None},
        ),
        (("change", "segment", {}, [{"field": "rule"}], {**MOVED, "revenue": {"moved": 9.5}}), {"revenue_moved": 9.5}),
        (
            ("change", "segment", {}, [{"field": "rule"}], {**MOVED, "revenue": {"reason": "none"}}),
            {"revenue_moved": None},
        ),
        (("create", "segment", {}, [], {**MOVED, "leaving": 0, "staying": 0}), {"share_moved": 1.0}),
        (("rename", "segment", {}, [{"field": "name"}], {}), {"metadata_only": True, "members_moved": 0}),
        (("change", "segment", {}, [{"field": "owners.data"}], {}), {"metadata_only": False}),
        (("split", "segment", {}, [], {}), {"bulk": True, "members_moved": None}),
        (("change", "playbook", {}, [{"field": "why"}], {}), {"members_moved": 0, "relation": "none", "sensitive": []}),
        (("change", "attribute", {"sensitivity": "special"}, [{"field": "type"}], {}), {"members_moved": None}),
        (
            ("change", "segment", {}, [{"field": "rule"}], {**MOVED, "sensitive": ["illness"]}),
            {"sensitive": ["illness"]},
        ),
    ],
)
def test_facts__of_a_change__are_known_or_none(arguments: Any, expected: dict[str, Any]) -> None:
    found = facts_of(*arguments)
    assert {name: found[name] for name in expected} == expected
