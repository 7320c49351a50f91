"""Rules for the generated customers, and the same rules for the peers' dialects of SQL."""

import random
import re

from bench import generated

_CONTAINS = re.compile(r"CONTAINS\((\w+), ('[^']*')\)")


def texts(count: int) -> list[str]:
    """`count` rules of two to six conditions each, always the same ones."""
    draw = random.Random(generated.SEED)
    return [_rule(draw) for _ in range(count)]


def _rule(draw: random.Random) -> str:
    conditions = [_condition(draw) for _ in range(draw.choice([2, 3, 3, 4, 4, 5]))]
    if len(conditions) > 3:
        pair = f"({conditions.pop()} OR {conditions.pop()})"
        conditions.append(pair if draw.random() < 0.8 else f"NOT {pair}")
    joiner = " AND " if draw.random() < 0.75 else " OR "
    return joiner.join(conditions)


def _condition(draw: random.Random) -> str:
    kind = draw.choices(["number", "choice", "flag", "date", "moment", "set", "null"], [34, 30, 12, 12, 2, 6, 4])[0]
    if kind == "number":
        return _number(draw)
    if kind == "choice":
        return _choice(draw)
    if kind == "flag":
        return draw.choice(["", "NOT "]) + draw.choice(list(generated.FLAGS))
    if kind == "date":
        day = f"DATE '{draw.choice([2023, 2024, 2025])}-{draw.randint(1, 12):02}-15'"
        return f"{draw.choice(generated.DATES)} {draw.choice(['<', '>='])} {day}"
    if kind == "moment":
        return f"{generated.MOMENT} >= TIMESTAMP '2026-{draw.randint(2, 9):02}-01 08:00:00'"
    if kind == "set":
        key = draw.choice(list(generated.SETS))
        return f"CONTAINS({key}, '{draw.choice(generated.SETS[key])}')"
    return f"{draw.choice(sorted(generated.attribute_kinds()))} IS {draw.choice(['', 'NOT '])}NULL"


def _number(draw: random.Random) -> str:
    key, low, high = draw.choice(
        [
            ("employees", 20, 400),
            ("annual_revenue", 500_000, 20_000_000),
            ("contract_value", 4_000, 60_000),
            ("discount_percent", 5, 30),
            ("seats", 8, 120),
            ("active_users_30d", 5, 80),
            ("logins_30d", 45, 75),
            ("api_calls_30d", 200, 20_000),
            ("tickets_90d", 1, 6),
            ("nps", -50, 60),
            ("training_hours", 2, 20),
            ("products_owned", 2, 7),
        ]
    )
    first, second = sorted((draw.randint(low, high), draw.randint(low, high)))
    if draw.random() < 0.25:
        return f"{key} BETWEEN {first} AND {second}"
    return f"{key} {draw.choice(['<', '<=', '>', '>='])} {first}"


def _choice(draw: random.Random) -> str:
    key = draw.choice(list(generated.CHOICES))
    names = generated.CHOICES[key][1]
    some = sorted(draw.sample(names[: max(4, len(names) // 2)], 3))
    kind = draw.random()
    if kind < 0.45:
        return f"{key} {draw.choice(['', 'NOT '])}IN ({', '.join(repr(name) for name in some)})"
    if kind < 0.6:
        return f"{key} LIKE '{some[0][:2]}%'"
    return f"{key} {draw.choice(['=', '<>'])} '{some[0]}'"


def for_postgresql(text: str) -> str:
    """The rule as a condition over the typed table."""
    return _CONTAINS.sub(r"\2 = ANY(\1)", text)


def for_duckdb(text: str) -> str:
    """The rule as a condition over the Parquet file."""
    return _CONTAINS.sub(r"list_contains(\1, \2)", text).replace("TIMESTAMP '", "TIMESTAMPTZ '")
