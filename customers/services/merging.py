"""Merges many customers' values in two statements, whatever their number."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from common.clock import now
from customers.choices import ChangeCause
from customers.rows.clocks import instant_text

# Writers share this advisory lock until their commit; a build takes it alone for an instant to know that no change with
# a smaller number is still on its way (see services.builds).
WRITERS_GATE: Final = 7310572


@dataclass(frozen=True)
class Merged:
    """Ids of the customers that are new, of those whose values changed, and how many stayed as they were. `survivors`
    says of ids that were sent, but belong to another customer by now, who that is.
    """

    created: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    unchanged_count: int = 0
    survivors: Mapping[str, str] = field(default_factory=dict)

    def status(self, external_id: str) -> str:
        """What became of the customer of the id: created, changed or unchanged."""
        customer = self.survivors.get(external_id, external_id)
        if customer in self.created:
            return "created"
        return "changed" if customer in self.changed else "unchanged"


def combined(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Id -> values; of several rows of one customer the later wins, value by value."""
    found: dict[str, dict[str, Any]] = {}
    for external_id, values in rows:
        found.setdefault(external_id, {}).update(values)
    return found


def _as_json(rows: Mapping[str, Mapping[str, Any]]) -> str:
    # One text for all rows: as an array of texts the driver would escape every quotation mark by a call of its own.
    listed = [
        {"external_id": external_id, "attributes": values, "clears": None in values.values()}
        for external_id, values in rows.items()
    ]
    return json.dumps(listed, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


_SURVIVORS = """
    SELECT name, external_id FROM customers_link WHERE kind = 'alias' AND name = ANY(%s) AND external_id <> name
"""
# New ids only: a conflict would use up an ordinal, and ordinals must stay dense.
_INSERT = """
    INSERT INTO customers_customer
        (external_id, attributes, is_erased, created_at, changed_at, set_at, arrived_at, change_cause)
    SELECT i.external_id, jsonb_strip_nulls(i.attributes), false, %s, %s, %s, %s, %s
    FROM jsonb_to_recordset(%s::jsonb) AS i (external_id text, attributes jsonb)
    WHERE NOT EXISTS (SELECT 1 FROM customers_customer c WHERE c.external_id = i.external_id)
    ORDER BY i.external_id
    ON CONFLICT (external_id) DO NOTHING
    RETURNING external_id
"""
_LOCK = """
    SELECT external_id, clocks <> '{}' FROM customers_customer WHERE external_id = ANY(%s)
    ORDER BY external_id FOR NO KEY UPDATE
"""
# A written value is as old as `set_at`; one that was cleared has a clock, so that no older event brings it back.
_UPDATE = """
    UPDATE customers_customer c
    SET attributes = jsonb_strip_nulls(c.attributes || i.attributes),
        clocks = CASE WHEN c.clocks = '{}' AND NOT i.clears THEN c.clocks ELSE
            (c.clocks - ARRAY(SELECT jsonb_object_keys(i.attributes))) || coalesce((
                SELECT jsonb_object_agg(given.key, %s::jsonb) FROM jsonb_each(i.attributes) AS given
                WHERE given.value = 'null' AND (c.attributes ? given.key OR c.clocks ? given.key)), '{}') END,
        set_at = %s, change_cause = %s, arrived_at = %s,
        changed_seq = nextval('customers_changed_seq'), changed_at = %s
    FROM jsonb_to_recordset(%s::jsonb) AS i (external_id text, attributes jsonb, clears boolean)
    WHERE c.external_id = i.external_id AND NOT c.is_erased
      AND jsonb_strip_nulls(c.attributes || i.attributes) IS DISTINCT FROM c.attributes
    RETURNING c.external_id
"""
# Said again what an event had said: the same value, but as old as now.
_CONFIRM = """
    UPDATE customers_customer c
    SET clocks = c.clocks || (
        SELECT jsonb_object_agg(given.key, %s::jsonb) FROM jsonb_object_keys(i.attributes) AS given (key)
        WHERE c.clocks ? given.key)
    FROM jsonb_to_recordset(%s::jsonb) AS i (external_id text, attributes jsonb)
    WHERE c.external_id = i.external_id AND NOT c.is_erased
      AND c.clocks ?| ARRAY(SELECT jsonb_object_keys(i.attributes))
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


def survivors_among(ids: Collection[str]) -> dict[str, str]:
    """Id -> id of the customer into whom it was merged; ids that name a customer themselves are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_SURVIVORS, [list(ids)])
        return dict(cursor.fetchall())


def _of_survivors(
    rows: Mapping[str, Mapping[str, Any]], survivors: Mapping[str, str]
) -> Mapping[str, Mapping[str, Any]]:
    if not survivors:
        return rows
    return combined((survivors.get(external_id, external_id), values) for external_id, values in rows.items())


def merge_rows(rows: Mapping[str, Mapping[str, Any]], *, cause: str = ChangeCause.DATA) -> Merged:
    """Merge checked values (id -> key -> stored form; None clears) within the open transaction.

    Afterwards every id has a customer, an id that was merged into another customer that one; `changed_seq` has risen
    for those that differ, with the cause, and what was written is newer than every event of before. Merging the same
    rows again changes nothing.
    """
    if not rows:
        return Merged()
    enter_gate()
    survivors = survivors_among(rows)
    rows = _of_survivors(rows, survivors)
    at = now()
    clock = json.dumps([instant_text(at), ""])
    with connection.cursor() as cursor:
        # First insert, then lock, then update, each in the order of the ids: whoever waits in a later step never holds
        # what somebody in an earlier one needs, so that merges of the same customers cannot wait for each other.
        cursor.execute(_INSERT, [at, at, at, at, cause, _as_json(rows)])
        created = frozenset(row[0] for row in cursor.fetchall())
        known = {one: values for one, values in rows.items() if one not in created}
        if not known:
            return Merged(created, survivors=survivors)
        cursor.execute(_LOCK, [list(known)])
        clocked = {external_id for external_id, has_clocks in cursor.fetchall() if has_clocks}
        cursor.execute(_UPDATE, [clock, at, cause, at, at, _as_json(known)])
        changed = frozenset(row[0] for row in cursor.fetchall())
        if told := clocked - changed:
            cursor.execute(_CONFIRM, [clock, _as_json({one: known[one] for one in told})])
    return Merged(created, changed, len(rows) - len(created) - len(changed), survivors)


def compare_rows(rows: Mapping[str, Mapping[str, Any]]) -> tuple[int, int, int]:
    """(new, changed, unchanged) customers that merging these rows would give; nothing is written."""
    if not rows:
        return 0, 0, 0
    rows = _of_survivors(rows, survivors_among(rows))
    with connection.cursor() as cursor:
        cursor.execute(_COMPARE, [_as_json(rows)])
        created, changed = cursor.fetchone()
    return created, changed, len(rows) - created - changed
