"""All rules in one pass: parity with the reference, dependencies, failures, slices and threads."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from pyroaring import BitMap

from memberships import bitmaps
from memberships.engines import polars_engine
from taxonomy.rules import Rule, matches, parse

AS_OF = datetime(2026, 3, 1, 9, tzinfo=UTC)
CATALOGUE = {
    "spend": "number",
    "visits": "number",
    "region": "text",
    "vip": "boolean",
    "last_on": "date",
    "tags": "set",
}


def rows(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Customers with gaps in every attribute."""
    draw = np.random.default_rng(seed)

    def maybe(value: Any) -> Any:
        return None if draw.random() < 0.15 else value

    return [
        {
            "spend": maybe(round(float(draw.normal(100, 60)), 1)),
            "visits": maybe(float(draw.integers(0, 6))),
            "region": maybe(str(draw.choice(["North", "South", "east", ""]))),
            "vip": maybe(bool(draw.random() < 0.4)),
            "last_on": maybe(date(2026, 2, int(draw.integers(1, 29)))),
            "tags": maybe(sorted({str(tag) for tag in draw.choice(["a", "b", "c"], 2)})),
            "alive": bool(draw.random() < 0.95),
        }
        for _ in range(count)
    ]


def frame_of(customers: list[dict[str, Any]]) -> pl.LazyFrame:
    schema = {
        "spend": pl.Float64,
        "visits": pl.Float64,
        "region": pl.Categorical,
        "vip": pl.Boolean,
        "last_on": pl.Date,
        "tags": pl.List(pl.String),
        "alive": pl.Boolean,
    }
    return pl.DataFrame(customers, schema=schema, strict=True).lazy()


def rules_of(texts: Mapping[str, str]) -> list[tuple[str, Rule]]:
    return [(name, parse(text, CATALOGUE)) for name, text in texts.items()]


TEXTS = {
    "everybody": "TRUE",
    "nobody": "FALSE",
    "big": "spend >= 120",
    "not_big": "NOT spend >= 120",
    "north": "region = 'North' OR region LIKE 'S%'",
    "lapsed": "last_on < CURRENT_DATE - INTERVAL '14' DAY",
    "unknown_region": "region IS NULL",
    "mixed": "(vip AND visits BETWEEN 2 AND 4) OR CONTAINS(tags, 'b') AND region NOT IN ('South', 'east')",
    "big_vip": "IN_SEGMENT('big') AND vip",
    "big_vip_lapsed": "IN_SEGMENT('big_vip') AND NOT IN_SEGMENT('north')",
}


def reference(customers: list[dict[str, Any]], rules: list[tuple[str, Rule]]) -> dict[str, BitMap]:
    """The same answers, customer by customer, from the reference evaluation."""
    found: dict[str, BitMap] = {}
    for name, rule in rules:
        found[name] = BitMap(
            ordinal
            for ordinal, customer in enumerate(customers)
            if customer["alive"]
            and matches(rule, customer, AS_OF, segments=lambda key, ordinal=ordinal: ordinal in found[key]) is True
        )
    return found


def test_evaluate__random_customers_with_gaps__agrees_with_the_reference() -> None:
    customers, rules = rows(3_000), rules_of(TEXTS)
    result = polars_engine.evaluate(frame_of(customers), rules, AS_OF)
    assert result.failures == {}
    assert result.rows == 3_000
    assert result.members == reference(customers, rules)
    assert result.members["big_vip_lapsed"], "the case must not be empty"


def test_evaluate__any_slice__same_members() -> None:
    frame, rules = frame_of(rows(400) * 500), rules_of(TEXTS)
    whole = polars_engine.evaluate(frame, rules, AS_OF)
    told: list[tuple[int, int]] = []
    sliced = polars_engine.evaluate(
        frame, rules, AS_OF, slice_rows=bitmaps.CHUNK, on_slice=lambda done, total: told.append((done, total))
    )
    assert whole.members == sliced.members
    assert told == [(65_536, 200_000), (131_072, 200_000), (196_608, 200_000), (200_000, 200_000)]


def test_evaluate__slice_that_would_shift_the_ordinals__is_refused() -> None:
    with pytest.raises(ValueError, match="65536"):
        polars_engine.evaluate(frame_of(rows(3)), [], AS_OF, slice_rows=1000)


def test_evaluate__rule_on_a_missing_column__fails_alone_with_what_stands_on_it() -> None:
    catalogue = {**CATALOGUE, "gone": "number"}
    rules = [
        *rules_of({"big": "spend >= 120", "vip": "vip"}),
        ("broken", parse("gone > 3", catalogue)),
        ("on_broken", parse("IN_SEGMENT('broken') OR vip", catalogue)),
        *rules_of({"north": "region = 'North'"}),
    ]
    customers = rows(500)
    result = polars_engine.evaluate(frame_of(customers), rules, AS_OF)
    assert set(result.failures) == {"broken", "on_broken"}
    assert "does not hold" in result.failures["broken"]
    good = [(name, rule) for name, rule in rules if name not in result.failures]
    assert result.members == reference(customers, good)


def test_evaluate__reference_to_a_segment_without_rule__fails_with_a_reason() -> None:
    result = polars_engine.evaluate(frame_of(rows(50)), rules_of({"a": "IN_SEGMENT('nowhere')", "b": "vip"}), AS_OF)
    assert result.failures == {"a": "It refers to “nowhere”, which has no rule that can be evaluated."}
    assert list(result.members) == ["b"]


def test_evaluate__references_in_a_circle__fail_and_the_others_go_on() -> None:
    rules = rules_of({"a": "IN_SEGMENT('b')", "b": "IN_SEGMENT('a')", "c": "vip"})
    result = polars_engine.evaluate(frame_of(rows(50)), rules, AS_OF)
    assert set(result.failures) == {"a", "b"}
    assert list(result.members) == ["c"]


def test_evaluate__no_customers__every_rule_is_empty_and_none_failed() -> None:
    result = polars_engine.evaluate(frame_of([]), rules_of(TEXTS), AS_OF)
    assert result.failures == {}
    assert all(members == BitMap() for members in result.members.values())
    assert set(result.members) == set(TEXTS)


PROGRAM = """
from tests.memberships.test_polars_engine import AS_OF, TEXTS, frame_of, rows, rules_of
from memberships import bitmaps
from memberships.engines import polars_engine
found = polars_engine.evaluate(frame_of(rows(400) * 400), rules_of(TEXTS), AS_OF, slice_rows=bitmaps.CHUNK * {slices})
print(bitmaps.digest_of_all({{name: bitmaps.digest(members) for name, members in found.members.items()}}))
"""


def test_output_digest__other_threads_and_slices__is_the_same() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM.format(slices=slices)],
            env={**os.environ, "POLARS_MAX_THREADS": str(threads), "DJANGO_SETTINGS_MODULE": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads, slices in [(1, 1), (2, 1), (2, 8)]
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64
