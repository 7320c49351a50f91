"""Hostile rules: injections are refused with a place or stay a text everywhere, and no size makes anybody wait."""

import re
import time
from collections.abc import Iterator
from itertools import product
from typing import Any

import duckdb
import polars as pl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from taxonomy.compiler import compile_rule
from taxonomy.rules import LIMITS, Rule, RuleError, from_tree, matches, parse, to_text, to_tree
from taxonomy.rules.nodes import Attribute, Compare, Contains, Like, Literal
from taxonomy.rules.patterns import matcher
from taxonomy.sql import to_sql
from tests.processor import takes_less_than
from tests.taxonomy import evaluators
from tests.taxonomy.rule_catalogue import CATALOGUE
from tests.taxonomy.rule_injections import RULES, VALUES
from tests.taxonomy.rule_strategies import AS_OF

AT_ONCE = 1.0  # seconds of processor time; the machines of the tests are shared


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"enable_external_access": False, "threads": 1}) as connection_:
        yield connection_


def test_injections__the_list__is_long() -> None:
    assert len(set(VALUES)) > 170


@pytest.mark.parametrize("text", RULES)
def test_parse__injection_as_a_rule__is_refused_with_its_place(text: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse(text, CATALOGUE)
    for fault in refused.value.errors:
        assert fault.place.line == 1
        assert fault.place.column is not None and 1 <= fault.place.column <= len(text) + 1
        assert fault.detail and "Traceback" not in fault.detail


@pytest.mark.parametrize("text", RULES)
def test_parse__injection_after_a_good_condition__does_not_slip_through(text: str) -> None:
    for whole in (f"orders = 1 {text}", f"city = '{text}", f"orders = 1 AND {text}"):
        try:
            rule = parse(whole, CATALOGUE)
        except RuleError:
            continue
        # What reads as a rule is one: its own text says the same, and nothing else is in it.
        assert parse(to_text(rule), CATALOGUE) == rule
        assert re.match(r"orders = 1 OR |orders = 1 AND |city = '", to_text(rule))


@pytest.mark.django_db
def test_engines__injections_as_values__are_texts_everywhere(database: duckdb.DuckDBPyConnection) -> None:
    types: dict[str, Any] = {"city": "text", "tags": "set"}
    rows = [{"city": text, "tags": [text, "x"]} for text in VALUES] + [{"city": None, "tags": None}]
    rules = [parse(f"city = {quoted(text)}", CATALOGUE) for text in VALUES]
    rules += [parse(f"CONTAINS(tags, {quoted(text)})", CATALOGUE) for text in VALUES]
    escaped = [re.sub(r"([%_\\])", r"\\\1", text) for text in VALUES]
    rules += [Rule(Like(Attribute("city", "text"), text)) for text in escaped]
    expected = evaluators.by_reference(rules, rows, AS_OF)
    assert [row.count(True) for row in expected] == [VALUES.count(text) for text in VALUES] * 3
    assert evaluators.by_polars(rules, types, rows, AS_OF) == expected
    assert evaluators.by_duckdb(database, rules, types, rows, AS_OF) == expected
    assert evaluators.by_postgres(rules, types, rows, AS_OF) == expected


@pytest.mark.parametrize("text", VALUES)
def test_from_tree__injection_as_any_part__is_refused_or_a_text(text: str) -> None:
    tree = to_tree(parse("city = 'x'", CATALOGUE))
    tree["rule"]["right"]["value"] = text
    assert from_tree(tree, CATALOGUE) == Rule(Compare(Attribute("city", "text"), "=", Literal("text", text)))
    for place in (("left", "key"), ("left", "kind"), ("left", "type"), ("right", "type")):
        odd = to_tree(parse("city = 'x'", CATALOGUE))
        odd["rule"][place[0]][place[1]] = text
        with pytest.raises(RuleError):
            from_tree(odd, CATALOGUE)
    for field in ("operator", "kind"):
        odd = to_tree(parse("city = 'x'", CATALOGUE))
        odd["rule"][field] = text
        with pytest.raises(RuleError):
            from_tree(odd, CATALOGUE)


# --- size -----------------------------------------------------------------------------------------------------------

KIB = 1024
PUMPS = [character * (64 * KIB) for character in "('\"\\%_-/*;,.= \n\t0aN😀\x00\u202e"]
PUMPS += [
    (unit * (64 * KIB))[: 64 * KIB] for unit in ("AND ", "OR ", "NOT ", "NOT(", "a=", "1,", "''", '""', "--", "/*")
]
PUMPS += [
    (unit * (64 * KIB))[: 64 * KIB] for unit in ("orders = 1 AND ", "(orders = 1 OR ", "orders IN (1,", "'a' ", "e1")
]
PUMPS += ["orders IN (" + "1," * 32_000 + "1)", "city IN (" + "'a'," * 16_000 + "'a')", "orders = " + "9" * 60_000]
PUMPS += ["city LIKE '" + "\\" * 60_000 + "'", "city LIKE '" + "%a" * 30_000 + "'", "city = '" + "''" * 30_000 + "'"]
PUMPS += ["x" * 65_000 + " = 1", '"' + "x" * 65_000 + '" = 1', "LOWER(" * 10_000, "CURRENT_DATE - " * 4_000]
PUMPS += ["orders = 1e" + "9" * 60, "city = 'a' " + "AND city = 'b' " * 4_000, "(" * 32_000 + "mailable" + ")" * 32_000]
PUMPS += ["a" * (64 * KIB + 1), "(" * 10**6, "orders IN (" + "1," * 10**6, "😀" * 10**6]


@pytest.mark.parametrize("text", PUMPS, ids=range(len(PUMPS)))
def test_parse__pumped_up__is_answered_at_once(text: str) -> None:
    def read() -> None:
        try:
            parse(text, CATALOGUE)
        except RuleError as refused:
            assert len(refused.errors) <= 50
            assert all(len(fault.detail) < 600 for fault in refused.errors)

    assert takes_less_than(AT_ONCE, read)


def _nested(kind: str, depth: int) -> dict[str, Any]:
    node: dict[str, Any] = {"kind": "constant", "value": True}
    for _ in range(depth):
        node = {"kind": "not", "condition": node} if kind == "not" else {"kind": kind, "conditions": [node, node]}
    return node


@pytest.mark.parametrize(
    "node",
    [
        _nested("not", 900),
        _nested("and", 30),
        {"kind": "and", "conditions": [{"kind": "constant", "value": True}] * 10**5},
        {"kind": "and", "conditions": [{}] * 10**5},
        {"kind": "in", "operand": {"kind": "attribute", "key": "orders"}, "values": [1] * 10**6},
        {"kind": "in", "operand": {"kind": "attribute", "key": "orders"}, "values": ["x"] * 9_999},
        {"kind": "like", "operand": {"kind": "attribute", "key": "city"}, "pattern": "%a" * 10**6},
        {"kind": "contains", "attribute": {"kind": "attribute", "key": "tags"}, "value": "x" * 10**7},
        {"kind": "flag", "attribute": {"kind": "attribute", "key": "x" * 10**7}},
    ],
    ids=["deep", "doubling", "wide", "wide and wrong", "long list", "wrong list", "pattern", "text", "name"],
)
def test_from_tree__pumped_up__is_refused_at_once(node: dict[str, Any]) -> None:
    def read() -> None:
        with pytest.raises(RuleError) as refused:
            from_tree({"format": 1, "rule": node}, CATALOGUE)
        assert all(len(fault.detail) < 600 for fault in refused.value.errors)

    assert takes_less_than(AT_ONCE, read)


PATTERNS = [
    "%a" * 400 + "b",
    "%" * 1000,
    "_" * 1000,
    "%_" * 500,
    "a%" * 500,
    "%ab%ab%ab%ab%ab%c",
    r"\%" * 499 + "%",
    "(a+)+$%",
]

PATTERNS += ["%" + "_" * 400 + "b%", "%_a" * 300]


@pytest.mark.parametrize("pattern", PATTERNS, ids=range(len(PATTERNS)))
def test_like__pump_pattern_on_a_pumped_text__takes_no_time_in_either_engine(pattern: str) -> None:
    assert len(pattern) <= LIMITS.pattern_characters
    texts = ["a" * 50_000, "ab" * 25_000, "a" * 49_999 + "b", ""]
    began = time.process_time()
    reference = [matcher(pattern)(text) for text in texts]
    rule = Rule(Like(Attribute("city", "text"), pattern))
    frame = pl.DataFrame({"city": texts}, schema={"city": pl.Categorical})
    found = frame.select(compile_rule(rule, as_of=AS_OF).alias("answer"))["answer"].to_list()
    assert time.process_time() - began < 2 * AT_ONCE
    assert found == reference


def test_like__every_short_pattern_and_text__matches_as_a_plain_reading_does() -> None:
    texts = ["".join(letters) for size in range(5) for letters in product("ab", repeat=size)]
    for pattern in ("".join(signs) for size in range(5) for signs in product("%_ab", repeat=size)):
        plain = re.compile(pattern.replace("%", ".*").replace("_", "."), re.DOTALL)
        assert [matcher(pattern)(text) for text in texts] == [plain.fullmatch(text) is not None for text in texts]


# --- nothing is run as text -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["check", "preview"])
def test_rules_api__canary_in_every_part__is_in_no_statement(grocer: Any, api_of: Any, door: str) -> None:
    client: Client = api_of(grocer.steward)
    canary = "zq0canary"
    texts = [
        f"orders_90d = 1 AND '{canary}' = home_city",
        f"{canary} = 1",
        f"orders_90d IN (1, {canary})",
        f"'; SELECT '{canary}'; --",
        f"IN_SEGMENT('{canary}')",
        f"{canary}(1) = 1",
        f"\"{canary}\" LIKE '{canary}%'",
    ]
    with CaptureQueriesContext(connection) as statements:
        answers = [
            client.post(f"/api/v1/rules/{door}/", {"text": text}, content_type="application/json") for text in texts
        ]
    assert {answer.status_code for answer in answers} <= {200, 400, 409}
    assert len(statements) > 5
    assert [query["sql"] for query in statements.captured_queries if canary in query["sql"]] == []


@pytest.mark.django_db
def test_rules_api__injections__are_refused_with_a_position(grocer: Any, api_of: Any) -> None:
    client: Client = api_of(grocer.steward)
    for text in RULES[::6]:
        answer = client.post("/api/v1/rules/check/", {"text": text}, content_type="application/json")
        assert answer.status_code == 400, text
        assert answer.json()["errors"][0]["position"]["line"] == 1, text


def test_to_sql__injections_as_values__come_back_from_a_parser_as_the_same_text() -> None:
    for text in VALUES:
        rule = Rule(Contains(Attribute("tags", "set"), text))
        for dialect in ("duckdb", "postgres", "spark"):
            assert to_sql(rule, dialect, as_of=AS_OF)
        assert matches(rule, {"tags": [text]}, AS_OF) is True
