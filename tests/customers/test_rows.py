"""Ids, rows and guesses about columns."""

from typing import Any

import pytest

from customers.rows import AttributeRow, ValueRefused, checked_external_id, checked_row, guess_mapping, guess_type

FACTS = {
    "orders": AttributeRow("orders", "Orders, 90 days", "number"),
    "city": AttributeRow("city", "Home city", "text"),
}


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("hh-01", "hh-01"),
        (" 42 ", "42"),
        (42, "42"),
        (42.0, "42"),
        ("e\u0301", "é"),
        ("a b@c.example", "a b@c.example"),
    ],
)
def test_external_id__sound__kept_in_one_form(raw: Any, kept: str) -> None:
    assert checked_external_id(raw) == kept


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "  ",
        True,
        1.5,
        [],
        "a/b",
        "a\\b",
        ".",
        "..",
        "a\x00",
        "a\u202eb",
        "a\u200bb",
        "a\nb",
        "x" * 201,
        "\ud800",
    ],
)
def test_external_id__odd__refused(raw: Any) -> None:
    with pytest.raises(ValueRefused):
        checked_external_id(raw)


def test_row__faults__all_named_with_their_place() -> None:
    values, errors = checked_row({"orders": "x", "city": "Basel", "nope": 1}, FACTS, strict=True)
    assert values == {"city": "Basel"}
    assert [(e["code"], e["pointer"]) for e in errors.errors] == [
        ("wrong_type", "/attributes/orders"),
        ("unknown_attribute", "/attributes/nope"),
    ]
    assert errors.errors[0]["detail"].startswith("Orders, 90 days: ")


def test_guess__names__by_key_then_label_each_target_once() -> None:
    columns = ["Household Key", "ORDERS", "orders 90 days", "Home-City", "other"]
    assert guess_mapping(columns, FACTS) == {
        "Household Key": "external_id",
        "ORDERS": "orders",
        "orders 90 days": None,
        "Home-City": "city",
        "other": None,
    }


def test_guess__two_columns_that_could_be_ids__the_better_name_wins() -> None:
    assert guess_mapping(["id", "customer_id"], FACTS) == {"id": None, "customer_id": "external_id"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2.5"], "number"),
        (["true", "no"], "boolean"),
        (["2026-01-31"], "date"),
        (["2026-01-31T10:00Z"], "timestamp"),
        (["a", "b"] * 10, "enum"),
        ([str(n) + "x" for n in range(20)], "text"),
        ([], "text"),
        ([["a"]], "set"),
    ],
)
def test_guess__values__narrowest_type_that_all_have(values: list[Any], kind: str) -> None:
    assert guess_type(values) == kind
