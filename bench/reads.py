"""Reads that a person waits for: a preview, the segments of one customer, the first pages."""

from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from bench import rules

CUSTOMERS = 20_000


def milliseconds(work: Callable[[int], Any], times: int) -> list[float]:
    """The sorted times of `times` calls after two that warm up."""
    taken = []
    for number in range(-2, times):
        began = perf_counter()
        work(number)
        taken.append((perf_counter() - began) * 1000)
    return sorted(taken[2:])


def figures(taken: list[float]) -> dict[str, float]:
    cuts = quantiles(taken, n=100)
    return {"median_ms": round(median(taken), 2), "p95_ms": round(cuts[94], 2), "p99_ms": round(cuts[98], 2)}


def preview(path: Path, texts: list[str]) -> dict[str, Any]:
    """One rule with its funnel on a warm build, against a bare Polars count of the same predicate over the same rows in
    memory, and DuckDB's over the same file.
    """
    import duckdb
    import polars as pl

    from common.clock import now
    from memberships.selectors import preview as counted
    from taxonomy.compiler import member_expression
    from taxonomy.rules import parse
    from taxonomy.selectors import rule_catalogue

    catalogue = rule_catalogue()
    some = texts[:30]
    rows, as_of = pl.read_parquet(path), now()
    parsed = [parse(text, catalogue) for text in some]
    bare: dict[int, int] = {}

    def bare_count(number: int) -> None:
        predicate = member_expression(parsed[number % len(some)], as_of=as_of) & pl.col("alive")
        bare[number % len(some)] = rows.lazy().select(predicate.sum()).collect().item()

    ours: dict[int, int] = {}

    def our_count(number: int) -> None:
        ours[number % len(some)] = counted(parse(some[number % len(some)], catalogue)).count

    peer = duckdb.connect()
    peer.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
    theirs: dict[int, int] = {}

    def their_count(number: int) -> None:
        condition = rules.for_duckdb(some[number % len(some)])
        row = peer.execute(f"SELECT count(*) FROM '{path}' WHERE {condition}").fetchone()
        theirs[number % len(some)] = row[0] if row else -1

    ours_by_rule: list[float] = []
    bare_by_rule: list[float] = []
    for _ in range(3):  # by turns, so that both see the same machine
        for number in range(len(some)):
            for taken, work in ((ours_by_rule, our_count), (bare_by_rule, bare_count)):
                began = perf_counter()
                work(number)
                taken.append((perf_counter() - began) * 1000)
    peers = milliseconds(their_count, 30)
    assert ours == theirs, "DuckDB counts otherwise"
    assert ours == bare, "bare Polars counts otherwise"
    again = slice(len(some), None)  # the first round reads the build into memory
    return {
        "benchmark": "preview_of_one_rule",
        **figures(ours_by_rule[again]),
        "peers": {"bare_polars_count": figures(bare_by_rule[again]), "duckdb_count": figures(peers)},
        "times_a_bare_count": round(sum(ours_by_rule[again]) / sum(bare_by_rule[again]), 2),
        "times_a_bare_count_median": round(
            median(mine / its for mine, its in zip(ours_by_rule[again], bare_by_rule[again], strict=True)), 2
        ),
        "times_faster_than_duckdb": round(median(peers) / median(ours_by_rule[again]), 1),
    }


def segments_of_one_customer(steward: Any) -> dict[str, Any]:
    """Over HTTP with a token, against the join table that a customer data platform would ask."""
    from django.db import connection
    from django.test import Client
    from pyroaring import BitMap

    from accounts.services import create_token
    from memberships.selectors.reading import current_positions, members_at

    _store_customers(steward)
    first = BitMap(range(CUSTOMERS))
    held = members_at(current_positions().values())
    pairs = [(ordinal, segment_id) for segment_id, members in held.items() for ordinal in members & first]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE joined (customer bigint, segment bigint, PRIMARY KEY (customer, segment))")
        with cursor.copy("COPY joined FROM STDIN") as copy:
            for pair in pairs:
                copy.write_row(pair)
        cursor.execute("ANALYZE joined")
        _, plain = create_token(actor=steward, user_id=steward.pk, name="benchmark", scopes=("read",))
        client = Client(headers={"Authorization": f"Bearer {plain}"})
        ours: dict[int, int] = {}
        theirs: dict[int, int] = {}

        def over_http(number: int) -> None:
            ordinal = (number * 7919) % CUSTOMERS
            answer = client.get(f"/api/v1/customers/synthetic-{ordinal:08}/segments/")
            ours[ordinal] = len(answer.json()["results"])

        def joined(number: int) -> None:
            ordinal = (number * 7919) % CUSTOMERS
            cursor.execute(
                "SELECT s.key, v.name FROM joined j JOIN taxonomy_segment s ON s.id = j.segment"
                " JOIN taxonomy_segmentversion v ON v.segment_id = s.id AND v.state = 'active' WHERE j.customer = %s",
                [ordinal],
            )
            theirs[ordinal] = len(cursor.fetchall())

        taken, peers = milliseconds(over_http, 400), milliseconds(joined, 400)
    wrong = {key: (ours[key], theirs[key]) for key in ours if ours[key] != theirs[key]}
    assert not wrong, f"the join table answers otherwise: {list(wrong.items())[:3]}"
    return {
        "benchmark": "segments_of_one_customer",
        "over": "HTTP, Django's test client, with token, rights and JSON",
        **figures(taken),
        "peers": {"join_table_query_alone": {"customers": CUSTOMERS, **figures(peers)}},
    }


def _store_customers(steward: Any) -> None:
    from customers.selectors import ordinals_of
    from customers.services.profiles import merge_customers_bulk

    for lo in range(0, CUSTOMERS, 10_000):
        ids = [f"synthetic-{n:08}" for n in range(lo, lo + 10_000)]
        merge_customers_bulk(actor=steward, rows=[{"external_id": each, "attributes": {}} for each in ids])
        wrong = {each: n for each, n in ordinals_of(ids).items() if int(each[-8:]) != n}
        assert not wrong, f"customers did not get the ordinals of their rows: {list(wrong.items())[:3]}"


def first_pages(steward: Any) -> list[dict[str, Any]]:
    """Time and queries of the pages that people open first, against a page that asks nothing."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(steward, backend="allauth.account.auth_backends.AuthenticationBackend")
    base = median(milliseconds(lambda _: client.get("/livez"), 30))
    found = []
    for name, address in (
        ("home", "/"),
        ("taxonomy", "/taxonomy/"),
        ("tree_sizes_region", "/memberships/sizes/"),
        ("segment", "/segments/segment-007/"),
        ("segment_size_region", "/memberships/size/segment-007/"),
        ("members", "/segments/segment-007/members/"),
    ):
        with CaptureQueriesContext(connection) as queries:
            status = client.get(address).status_code
        asked = len(queries)  # before the next request, which clears the list
        assert status == 200, f"{address} answers {status}"
        taken = milliseconds(lambda _, address=address: client.get(address), 30)  # type: ignore[misc]
        found.append(
            {
                "benchmark": f"page_{name}",
                "queries": asked,
                "median_ms": round(median(taken), 1),
                "p95_ms": figures(taken)["p95_ms"],
                "peers": {"livez_median_ms": round(base, 2)},
            }
        )
    return found
