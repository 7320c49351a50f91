"""The JSON form: what it looks like, and what is refused with a pointer."""

import copy
import json
import time
from typing import Any

import pytest

from taxonomy.rules import LIMITS, AttributeFacts, RuleError, digest, from_tree, parse, to_text, to_tree
from tests.taxonomy.rule_catalogue import CATALOGUE

ORDERS = {"kind": "attribute", "key": "orders", "type": "number"}
ONE = {"kind": "literal", "type": "number", "value": 1}
COMPARE = {"kind": "compare", "left": ORDERS, "operator": "=", "right": ONE}


def tree(rule: Any) -> dict[str, Any]:
    return {"format": 1, "rule": rule}


def test_to_tree__rule__is_plain_json_of_a_known_shape() -> None:
    rule = parse(
        "orders >= 3 AND NOT (LOWER(city) LIKE 'a%' OR last_order < CURRENT_DATE - INTERVAL '9' DAY)", CATALOGUE
    )
    assert to_tree(rule) == tree(
        {
            "kind": "and",
            "conditions": [
                {
                    "kind": "compare",
                    "left": ORDERS,
                    "operator": ">=",
                    "right": {"kind": "literal", "type": "number", "value": 3},
                },
                {
                    "kind": "not",
                    "condition": {
                        "kind": "or",
                        "conditions": [
                            {
                                "kind": "like",
                                "operand": {
                                    "kind": "lower",
                                    "attribute": {"kind": "attribute", "key": "city", "type": "text"},
                                },
                                "pattern": "a%",
                                "negated": False,
                            },
                            {
                                "kind": "compare",
                                "left": {"kind": "attribute", "key": "last_order", "type": "date"},
                                "operator": "<",
                                "right": {"kind": "relative_date", "days_back": 9},
                            },
                        ],
                    },
                },
            ],
        }
    )


def test_digest__known_rule__never_changes() -> None:
    rule = parse("orders >= 3 AND department IN ('Bakery', 'Deli')", CATALOGUE)
    assert digest(rule) == "a6b0e45488aeca633fe276657638b7308927147198c39e25aa3937d902117caf"


def test_digest__other_spelling_of_one_rule__is_equal() -> None:
    one, other = parse("orders=1.0 and(mailable)", CATALOGUE), parse("orders = 1 AND mailable", CATALOGUE)
    assert digest(one) == digest(other)
    assert digest(one) != digest(parse("mailable AND orders = 1", CATALOGUE))


ACCEPTED = [
    ({**COMPARE, "left": {"kind": "attribute", "key": "orders"}}, "orders = 1"),
    ({**COMPARE, "right": {"kind": "literal", "type": "number", "value": 1.0}}, "orders = 1"),
    ({"kind": "not", "condition": {"kind": "is_null", "attribute": ORDERS}}, "orders IS NOT NULL"),
    ({"kind": "in", "operand": ORDERS, "values": [1, 1.0, 2]}, "orders IN (1, 2)"),
    (
        {"kind": "and", "conditions": [COMPARE, {"kind": "and", "conditions": [COMPARE, COMPARE]}]},
        "orders = 1 AND orders = 1 AND orders = 1",
    ),
    (
        {"kind": "in", "operand": {"kind": "attribute", "key": "seen"}, "values": ["2026-01-01T01:00:00+01:00"]},
        "seen IN (TIMESTAMP '2026-01-01T00:00:00Z')",
    ),
]


@pytest.mark.parametrize(("node", "text"), ACCEPTED)
def test_from_tree__written_otherwise__comes_to_the_canonical_rule(node: Any, text: str) -> None:
    assert to_text(from_tree(tree(node), CATALOGUE)) == text


REFUSED: list[tuple[Any, str, str]] = [
    (None, "invalid_tree", ""),
    ([], "invalid_tree", ""),
    ({}, "invalid_tree", ""),
    ({"format": 1}, "invalid_tree", ""),
    ({"format": 2, "rule": COMPARE}, "unknown_format", "/format"),
    ({"format": True, "rule": COMPARE}, "unknown_format", "/format"),
    ({"format": "1", "rule": COMPARE}, "unknown_format", "/format"),
    ({"format": 1, "rule": COMPARE, "sql": "1=1"}, "invalid_tree", ""),
    (tree(None), "invalid_tree", "/rule"),
    (tree("orders = 1"), "invalid_tree", "/rule"),
    (tree({"kind": "sql", "text": "1=1"}), "invalid_tree", "/rule"),
    (tree({"kind": ["and"]}), "invalid_tree", "/rule"),
    (tree({**COMPARE, "extra": 1}), "invalid_tree", "/rule"),
    (tree({"kind": "compare", "left": ORDERS, "operator": "="}), "invalid_tree", "/rule"),
    (tree({**COMPARE, "operator": "=="}), "invalid_tree", "/rule/operator"),
    (tree({**COMPARE, "operator": None}), "invalid_tree", "/rule/operator"),
    (tree({**COMPARE, "left": ONE}), "no_attribute", "/rule/left/value"),
    (tree({**COMPARE, "left": "orders"}), "invalid_tree", "/rule/left"),
    (tree({**COMPARE, "left": {"kind": "column", "key": "orders"}}), "invalid_tree", "/rule/left"),
    (tree({**COMPARE, "left": {"kind": "attribute", "key": 7}}), "invalid_tree", "/rule/left"),
    (tree({**COMPARE, "left": {"kind": "attribute", "key": "ordrs"}}), "unknown_attribute", "/rule/left"),
    (tree({**COMPARE, "left": {**ORDERS, "type": "text"}}), "type_changed", "/rule/left/type"),
    (tree({**COMPARE, "left": {"kind": "lower", "attribute": ONE}}), "invalid_tree", "/rule/left/attribute"),
    (tree({**COMPARE, "left": {"kind": "lower", "attribute": ORDERS}}), "wrong_type", "/rule/left/attribute"),
    (
        tree({**COMPARE, "right": {"kind": "literal", "type": "number", "value": "1"}}),
        "wrong_type",
        "/rule/right/value",
    ),
    (
        tree({**COMPARE, "right": {"kind": "literal", "type": "number", "value": True}}),
        "wrong_type",
        "/rule/right/value",
    ),
    (
        tree({**COMPARE, "right": {"kind": "literal", "type": "number", "value": None}}),
        "wrong_type",
        "/rule/right/value",
    ),
    (
        tree({**COMPARE, "right": {"kind": "literal", "type": "number", "value": float("nan")}}),
        "wrong_type",
        "/rule/right/value",
    ),
    (
        tree({**COMPARE, "right": {"kind": "literal", "type": "number", "value": 10**400}}),
        "invalid_number",
        "/rule/right/value",
    ),
    (
        tree({**COMPARE, "right": {"kind": "literal", "type": "number", "value": 2**53 + 1}}),
        "invalid_number",
        "/rule/right/value",
    ),
    (tree({**COMPARE, "right": {"kind": "literal", "type": "enum", "value": "a"}}), "invalid_tree", "/rule/right/type"),
    (tree({**COMPARE, "right": {"kind": "literal", "type": [], "value": "a"}}), "invalid_tree", "/rule/right/type"),
    (tree({**COMPARE, "right": {"kind": "literal", "type": "text", "value": "a"}}), "wrong_type", "/rule/right/value"),
    (tree({**COMPARE, "right": {"kind": "relative_date", "days_back": -1}}), "invalid_tree", "/rule/right"),
    (tree({**COMPARE, "right": {"kind": "relative_date", "days_back": True}}), "invalid_tree", "/rule/right"),
    (tree({"kind": "and", "conditions": []}), "invalid_tree", "/rule/conditions"),
    (tree({"kind": "and", "conditions": [COMPARE]}), "invalid_tree", "/rule/conditions"),
    (tree({"kind": "or", "conditions": {"0": COMPARE}}), "invalid_tree", "/rule/conditions"),
    (tree({"kind": "or", "conditions": [COMPARE, 1]}), "invalid_tree", "/rule/conditions/1"),
    (tree({"kind": "not", "condition": []}), "invalid_tree", "/rule/condition"),
    (tree({"kind": "in", "operand": ORDERS, "values": []}), "empty_list", "/rule/values"),
    (tree({"kind": "in", "operand": ORDERS, "values": "12"}), "invalid_tree", "/rule/values"),
    (tree({"kind": "in", "operand": ORDERS, "values": [1, None]}), "wrong_type", "/rule/values/1"),
    (tree({"kind": "in", "operand": ORDERS, "values": [1], "negated": 1}), "invalid_tree", "/rule/negated"),
    (tree({"kind": "in", "operand": ORDERS, "values": [1] * 10_001}), "list_too_long", "/rule/values"),
    (
        tree({"kind": "like", "operand": {"kind": "attribute", "key": "city"}, "pattern": "a\\"}),
        "invalid_pattern",
        "/rule/pattern",
    ),
    (
        tree({"kind": "like", "operand": {"kind": "attribute", "key": "city"}, "pattern": 1}),
        "wrong_type",
        "/rule/pattern",
    ),
    (tree({"kind": "flag", "attribute": ORDERS}), "not_a_condition", "/rule/attribute"),
    (
        tree({"kind": "flag", "attribute": {"kind": "literal", "type": "boolean", "value": True}}),
        "invalid_tree",
        "/rule/attribute",
    ),
    (tree({"kind": "constant", "value": 1}), "invalid_tree", "/rule/value"),
    (
        tree({"kind": "contains", "attribute": {"kind": "attribute", "key": "tags"}, "value": "a\x00"}),
        "invalid_character",
        "/rule/value",
    ),
    (tree({"kind": "in_segment", "key": "A b"}), "invalid_key", "/rule/key"),
    (tree({"kind": "in_segment", "key": None}), "invalid_tree", "/rule/key"),
]


@pytest.mark.parametrize(("document", "code", "pointer"), REFUSED)
def test_from_tree__no_rule__is_refused_by_pointer(document: Any, code: str, pointer: str) -> None:
    before = copy.deepcopy(document)
    with pytest.raises(RuleError) as refusal:
        from_tree(document, CATALOGUE)
    first = refusal.value.as_dicts()[0]
    assert (first["code"], first["pointer"]) == (code, pointer)
    assert first["detail"].endswith((".", "?"))
    assert repr(document) == repr(before)


def nested(levels: int) -> Any:
    node: Any = {"kind": "constant", "value": True}
    for _ in range(levels - 1):
        node = {"kind": "not", "condition": node}
    return node


def test_from_tree__deepest__is_read_and_one_deeper_is_refused() -> None:
    from_tree(tree(nested(LIMITS.depth)), CATALOGUE)
    with pytest.raises(RuleError) as refusal:
        from_tree(tree(nested(LIMITS.depth + 1)), CATALOGUE)
    assert refusal.value.code == "too_deep"


@pytest.mark.parametrize(
    ("node", "code"),
    [
        (nested(100_000), "too_deep"),
        ({"kind": "and", "conditions": [COMPARE] * 1_000}, "too_large"),
        ({"kind": "and", "conditions": [COMPARE] * 1_000_000}, "too_large"),
        ({"kind": "and", "conditions": [{"kind": "x"}] * 1_000_000}, "invalid_tree"),
        ({"kind": "in", "operand": ORDERS, "values": [1] * 1_000_000}, "list_too_long"),
        (
            {
                "kind": "in",
                "operand": {"kind": "attribute", "key": "city"},
                "values": [f"{n:08}" for n in range(10_000)],
            },
            "too_long",
        ),
    ],
)
def test_from_tree__bomb__is_refused_at_once(node: Any, code: str) -> None:
    started = time.process_time()
    with pytest.raises(RuleError) as refusal:
        from_tree(tree(node), CATALOGUE)
    assert refusal.value.code == code
    assert time.process_time() - started < 2


def test_from_tree__choice_withdrawn_since__is_refused_unless_the_choices_are_unknown() -> None:
    stored = json.loads(json.dumps(to_tree(parse("department = 'Meat'", CATALOGUE))))
    with pytest.raises(RuleError, match="not one of the choices"):
        from_tree(stored, {"department": AttributeFacts("enum", choices=("Deli",))})
    assert from_tree(stored, {"department": AttributeFacts("enum", choices=None)})
