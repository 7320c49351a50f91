"""Typing of incoming values, by table and by random values."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rows import ValueRefused, typed_value

STRICT = [
    ("number", 12, 12),
    ("number", 12.0, 12),
    ("number", -0.0, 0),
    ("number", 1e300, 1e300),
    ("number", 2**53, 2**53),
    ("number", 2**63, float(2**63)),
    ("text", "", ""),
    ("text", "a\tb\n", "a\tb\n"),
    ("boolean", False, False),
    ("date", "2024-02-29", "2024-02-29"),
    ("date", "0001-01-01", "0001-01-01"),
    ("timestamp", "2026-01-31T14:05:00Z", "2026-01-31T14:05:00Z"),
    ("timestamp", "2026-01-31T14:05:00.120+02:00", "2026-01-31T12:05:00.120000Z"),
    ("timestamp", "2026-01-31 14:05", "2026-01-31T14:05:00Z"),
    ("enum", "gold", "gold"),
    ("set", ["b", "a", "b"], ["a", "b"]),
    ("set", [], []),
    ("number", None, None),
]


@pytest.mark.parametrize(("kind", "raw", "stored"), STRICT)
def test_typed_value__json_of_the_right_type__stored_form(kind: str, raw: Any, stored: Any) -> None:
    found = typed_value(kind, ("gold", "silver") if kind == "enum" else (), raw, strict=True)
    assert found == stored
    assert type(found) is type(stored)


REFUSED = [
    ("number", "12", "wrong_type"),
    ("number", True, "wrong_type"),
    ("number", float("nan"), "not_finite"),
    ("number", float("inf"), "not_finite"),
    ("number", 2**63 + 1, "too_many_digits"),
    ("number", 10**400, "too_many_digits"),
    ("number", [1], "wrong_type"),
    ("text", 12, "wrong_type"),
    ("text", "a\x00b", "control_character"),
    ("text", "a\ud800b", "control_character"),
    ("text", "x" * 10_001, "too_long"),
    ("boolean", "0", "wrong_type"),
    ("boolean", "true", "wrong_type"),
    ("boolean", 0, "wrong_type"),
    ("date", "2026-02-31", "wrong_type"),
    ("date", "0000-01-01", "wrong_type"),
    ("date", "10000-01-01", "wrong_type"),
    ("date", "2015-2-02", "wrong_type"),
    ("date", "20260131", "wrong_type"),
    ("date", "٢٠٢٦-٠١-٣١", "wrong_type"),
    ("date", 20260131, "wrong_type"),
    ("timestamp", "2026-01-31T24:00:00Z", "wrong_type"),
    ("timestamp", "2026-01-31T23:59:60Z", "wrong_type"),
    ("timestamp", "0001-01-01T00:00:00+02:00", "wrong_type"),
    ("timestamp", "2026-01-31T14:05:00.1234567Z", "too_precise"),
    ("timestamp", "yesterday", "wrong_type"),
    ("enum", "bronze", "not_a_choice"),
    ("enum", "", "not_a_choice"),
    ("set", "a;b", "wrong_type"),
    ("set", ["a", 1], "wrong_type"),
    ("set", [None], "wrong_type"),
    ("set", [str(n) for n in range(1001)], "too_many_items"),
]


@pytest.mark.parametrize(("kind", "raw", "code"), REFUSED)
def test_typed_value__anything_else__refused_with_a_code(kind: str, raw: Any, code: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        typed_value(kind, ("gold", "silver") if kind == "enum" else (), raw, strict=True)
    assert refused.value.code == code
    assert refused.value.detail.encode()


LENIENT = [
    ("number", " 12 ", 12),
    ("number", "-1.50", -1.5),
    ("number", ".5", 0.5),
    ("number", "1e3", 1000),
    ("number", Decimal("2.50"), 2.5),
    ("number", Decimal(7), 7),
    ("number", float("nan"), None),
    ("number", "   ", None),
    ("text", "", None),
    ("text", 42, "42"),
    ("text", " kept as it stands ", " kept as it stands "),
    ("boolean", "Yes", True),
    ("boolean", "0", False),
    ("boolean", 1, True),
    ("date", date(2026, 1, 31), "2026-01-31"),
    ("date", datetime(2026, 1, 31), "2026-01-31"),
    ("timestamp", datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2))), "2026-01-31T10:00:00Z"),
    ("enum", " gold ", "gold"),
    ("set", "b; a|b", ["a", "b"]),
    ("set", '["b;c", "a"]', ["a", "b;c"]),
]


@pytest.mark.parametrize(("kind", "raw", "stored"), LENIENT)
def test_typed_value__cell_of_a_file__read(kind: str, raw: Any, stored: Any) -> None:
    assert typed_value(kind, ("gold", "silver") if kind == "enum" else (), raw, strict=False) == stored


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("number", "1,234.50"),
        ("number", "1_000"),
        ("number", "0x10"),
        ("number", "١٢"),
        ("number", "infinity"),
        ("boolean", "maybe"),
        ("boolean", 2),
        ("date", "31.01.2026"),
        ("date", datetime(2026, 1, 31, 8)),
        ("text", 1.5),
        ("set", "[1"),
        ("text", b"bytes"),
        ("number", {"a": 1}),
    ],
)
def test_typed_value__cell_that_does_not_fit__refused(kind: str, raw: Any) -> None:
    with pytest.raises(ValueRefused):
        typed_value(kind, (), raw, strict=False)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53))
def test_typed_value__number_written_as_text__is_the_same_number(value: float) -> None:
    assert typed_value("number", (), repr(value), strict=False) == typed_value("number", (), value, strict=True)


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))
def test_typed_value__moment__comes_back_as_the_same_instant(value: datetime) -> None:
    assert datetime.fromisoformat(typed_value("timestamp", (), value.isoformat(), strict=True)) == value


@pytest.mark.parametrize("kind", ["number", "text", "boolean", "date", "timestamp", "enum", "set"])
@given(raw=st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_typed_value__any_json__typed_or_refused_and_never_an_error(kind: str, raw: Any) -> None:
    for strict in (True, False):
        try:
            json.dumps(typed_value(kind, ("gold",), raw, strict=strict), allow_nan=False)
        except ValueRefused as refused:
            assert refused.code
