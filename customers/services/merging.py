"""Merges many customers' values in two statements, whatever their number."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from common.clock import now

# Writers share this advisory lock until their commit; a build takes it alone for an instant to know that no change with
# a smaller number is still on its way (see services.builds).
WRITERS_GATE: Final = 7310572


@dataclass(frozen=True)
class Merged:
    """Ids of the customers that are new and of those whose values changed."""

    created: frozenset[str]
    changed: frozenset[str]


def combined(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Id -> values; of several rows of one customer the later wins, value by value."""
    found: dict[str, dict[str, Any]] = {}
    for external_id, values in rows:
        found.setdefault(external_id, {}).update(values)
    return found


def _as_json(rows: Mapping[str, Mapping[str, Any]]) -> str:
    # One text for all rows: as an array of texts the driver would escape every quotation mark by a call of its own.
    listed = [{"external_id": external_id, "attributes": values} for external_id, values in rows.items()]
    return json.dumps(listed, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


# New ids only: a conflict would use up an ordinal, and ordinals must stay dense.
_INSERT = """
    INSERT INTO customers_customer (external_id, attributes, is_erased, created_at, changed_at)
    SELECT i.external_id, jsonb_strip_nulls(i.attributes), false, %s, %s
    FROM jsonb_to_recordset(%s::jsonb) AS i (external_id text, attributes jsonb)
    WHERE NOT EXISTS (SELECT 1 FROM customers_customer c WHERE c.external_id = i.external_id)
    ORDER BY i.external_id
    ON CONFLICT (external_id) DO NOTHING
    RETURNING external_id
"""
_LOCK = "SELECT external_id FROM customers_customer WHERE external_id = ANY(%s) ORDER BY external_id FOR NO KEY UPDATE"
_UPDATE = """
    UPDATE customers_customer c
    SET attributes = jsonb_strip_nulls(c.attributes || i.attributes),
        changed_seq = nextval('customers_changed_seq'), changed_at = %s
    FROM jsonb_to_recordset(%s::jsonb) AS i (external_id text, attributes jsonb)
    WHERE c.external_id = i.external_id AND NOT c.is_erased
      AND jsonb_strip_nulls(c.attributes || i.attributes) IS DISTINCT FROM c.attributes
    RETURNING c.external_id
"""
_COMPARE = """
    SELECT count(*) FILTER (WHERE c.ordinal IS NULL),
           count(*) FILTER (WHERE jsonb_strip_nulls(c.attributes || i.attributes) IS DISTINCT FROM c.attributes
                            AND c.ordinal IS NOT NULL)
    FROM jsonb_to_recordset(%s::jsonb) AS i (external_id text, attributes jsonb)
    LEFT JOIN customers_customer c USING (external_id)
"""


def enter_gate(*, alone: bool = False) -> None:
    """Tell builds that this transaction writes customers. Before the first change of customers in a transaction.

    `alone` waits until no other writer is in and keeps the others out until the commit.
    """
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [WRITERS_GATE])


def merge_rows(rows: Mapping[str, Mapping[str, Any]]) -> Merged:
    """Merge checked values (id -> key -> stored form; None clears) within the open transaction.

    Afterwards every id has a customer, and `changed_seq` has risen for those that differ. Merging the same rows again
    changes nothing.
    """
    if not rows:
        return Merged(frozenset(), frozenset())
    enter_gate()
    at = now()
    with connection.cursor() as cursor:
        # First insert, then lock, then update, each in the order of the ids: whoever waits in a later step never holds
        # what somebody in an earlier one needs, so that merges of the same customers cannot wait for each other.
        cursor.execute(_INSERT, [at, at, _as_json(rows)])
        created = frozenset(row[0] for row in cursor.fetchall())
        known = {one: values for one, values in rows.items() if one not in created}
        if not known:
            return Merged(created, frozenset())
        cursor.execute(_LOCK, [list(known)])
        cursor.execute(_UPDATE, [at, _as_json(known)])
        return Merged(created, frozenset(row[0] for row in cursor.fetchall()))


def compare_rows(rows: Mapping[str, Mapping[str, Any]]) -> tuple[int, int, int]:
    """(new, changed, unchanged) customers that merging these rows would give; nothing is written."""
    if not rows:
        return 0, 0, 0
    with connection.cursor() as cursor:
        cursor.execute(_COMPARE, [_as_json(rows)])
        created, changed = cursor.fetchone()
    return created, changed, len(rows) - created - changed
