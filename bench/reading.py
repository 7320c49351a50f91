"""Reading and checking the text of a rule, against sqlglot's parse of the same text."""

from statistics import median
from time import perf_counter
from typing import Any

from bench import generated

CLAUSES = 20
ROUNDS = 40


def twenty_clauses(texts: list[str]) -> str:
    """A rule of twenty conditions, made of those of the others; 300 texts hold more than enough."""
    found: list[str] = []
    size = 0
    for text in texts:
        clauses = text.count(" AND ") + text.count(" OR ") - text.count(" BETWEEN ") + 1
        if size + clauses <= CLAUSES:
            found.append(f"({text})")
            size += clauses
    return " AND ".join(found)


def parse_and_check(texts: list[str]) -> dict[str, Any]:
    """One text read, checked against the forty attributes and held to the limits; sqlglot only parses it."""
    import sqlglot

    from taxonomy.rules import AttributeFacts, complexity, parse

    catalogue = {
        key: AttributeFacts(kind, choices=tuple(generated.CHOICES[key][1]) if kind == "enum" else ())  # type: ignore[arg-type]
        for key, (kind, _) in generated.attribute_kinds().items()
    }
    text = twenty_clauses(texts)
    assert complexity(parse(text, catalogue)).clauses == CLAUSES
    assert sqlglot.parse_one(text) is not None
    ours: list[float] = []
    theirs: list[float] = []
    # By turns, so that both see the same machine.
    for _ in range(ROUNDS):
        for taken, work in ((ours, lambda: parse(text, catalogue)), (theirs, lambda: sqlglot.parse_one(text))):
            began = perf_counter()
            for _ in range(10):
                work()
            taken.append((perf_counter() - began) * 100)
    return {
        "benchmark": "parse_and_check_of_a_rule",
        "clauses": CLAUSES,
        "characters": len(text),
        "median_ms": round(median(ours), 3),
        "peers": {"sqlglot_parse_alone_ms": round(median(theirs), 3)},
        "times_sqlglot": round(median(mine / its for mine, its in zip(ours, theirs, strict=True)), 2),
    }
