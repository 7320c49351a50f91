"""Stores which ids belong together, and gives customers' events to whom they belong now."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from common.clock import now
from customers.models import Link
from customers.rows.clocks import Profile, clock_from, profile_from
from customers.rows.identity import Former, Names
from customers.rows.told import Told

_LINKS = """
    SELECT kind, name, external_id, clock FROM customers_link
    WHERE (kind = 'alias' AND name = ANY(%s)) OR (kind = 'anonymous' AND name = ANY(%s))
"""
_TOGETHER = "SELECT name FROM customers_link WHERE kind = 'alias' AND external_id = ANY(%s)"
_STORE_LINKS = """
    INSERT INTO customers_link (kind, name, external_id, clock, created_at)
    SELECT i.kind, i.name, i.external_id, i.clock, %s
    FROM jsonb_to_recordset(%s::jsonb) AS i (kind text, name text, external_id text, clock jsonb)
    ORDER BY i.kind, i.name
    ON CONFLICT (kind, name) DO UPDATE SET external_id = EXCLUDED.external_id, clock = EXCLUDED.clock
"""
# New ids only: a conflict would use up an ordinal, and ordinals must stay dense.
_BEGET = """
    INSERT INTO customers_customer (external_id, attributes, is_erased, created_at, changed_at)
    SELECT wanted.id, '{}', false, %s, %s FROM unnest(%s::text[]) AS wanted (id)
    WHERE NOT EXISTS (SELECT 1 FROM customers_customer c WHERE c.external_id = wanted.id)
    ORDER BY wanted.id
    ON CONFLICT (external_id) DO NOTHING
    RETURNING external_id
"""
_LOCK = """
    SELECT external_id, ordinal, attributes, clocks, coalesce(set_at, created_at), is_erased
    FROM customers_customer WHERE external_id = ANY(%s) ORDER BY external_id FOR NO KEY UPDATE
"""
_CLAIM = """
    UPDATE customers_event e SET customer_ordinal = i.owner, applied_seq = nextval('customers_changed_seq')
    FROM jsonb_to_recordset(%s::jsonb) AS i (name text, owner bigint)
    WHERE e.customer_ordinal IS NULL AND e.anonymous_id = i.name AND e.anonymous_id <> '' AND e.user_id = ''
      AND e.applied_at IS NOT NULL
    RETURNING e.customer_ordinal
"""
_MOVE = """
    UPDATE customers_event e SET customer_ordinal = i.owner, applied_seq = nextval('customers_changed_seq')
    FROM jsonb_to_recordset(%s::jsonb) AS i (name text, before bigint, owner bigint)
    WHERE e.customer_ordinal = i.before AND e.anonymous_id = i.name AND e.user_id = ''
    RETURNING i.before, i.owner
"""
_HAND_OVER = """
    UPDATE customers_event e SET customer_ordinal = i.owner, applied_seq = nextval('customers_changed_seq')
    FROM jsonb_to_recordset(%s::jsonb) AS i (before bigint, owner bigint) WHERE e.customer_ordinal = i.before
"""
_BURY = """
    UPDATE customers_customer c
    SET attributes = '{}', clocks = '{}', is_erased = true, merged_into_id = i.owner, change_cause = 'merge',
        arrived_at = i.arrived_at, changed_at = %s, changed_seq = nextval('customers_changed_seq')
    FROM jsonb_to_recordset(%s::jsonb) AS i (before bigint, owner bigint, arrived_at timestamptz)
    WHERE c.ordinal = i.before
"""
_POINT_ON = """
    UPDATE customers_customer c SET merged_into_id = i.owner
    FROM jsonb_to_recordset(%s::jsonb) AS i (before bigint, owner bigint)
    WHERE c.merged_into_id = i.before AND c.ordinal <> i.owner
"""


@dataclass(slots=True)
class Row:
    """One customer in hand: where it stands and what is known of it."""

    external_id: str
    ordinal: int
    profile: Profile
    is_gone: bool
    is_new: bool = False


def as_json(rows: Any) -> str:
    """One text for all rows of a statement."""
    return json.dumps(rows, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def read_names(events: Iterable[Told]) -> Names:
    """What is known of the ids that the events name; of those that an alias joins, everything."""
    ids, joined, anonymous = set[str](), set[str](), set[str]()
    for told in events:
        ids.update(told.ids())
        if told.type == "alias":
            joined.update((told.user_id, told.previous_id))
        if told.anonymous_id:
            anonymous.add(told.anonymous_id)
    names = Names()
    _learn(names, ids | anonymous, anonymous)
    if joined:
        found = _rows(_TOGETHER, [[names.survivor(name) for name in joined]])
        members = {row[0] for row in found} | joined
        # A former id may have been an anonymous one, which then has a link of its own.
        _learn(names, members - ids, members - anonymous)
    users = {user for user, _ in names.anonymous.values()} - ids - names.former.keys()
    _learn(names, users, ())
    return Names(names.former, names.anonymous)


def _learn(names: Names, ids: Collection[str], anonymous: Collection[str]) -> None:
    if not ids and not anonymous:
        return
    for kind, name, external_id, clock in _rows(_LINKS, [list(ids), list(anonymous)]):
        if kind == Link.Kind.ALIAS:
            names.former[name] = _former(external_id, clock)
        else:
            names.anonymous[name] = (external_id, clock_from(json.loads(clock)))


def _former(survivor: str, stored: str) -> Former:
    clock = json.loads(stored)
    return Former(survivor, clock_from(clock[:2]), clock_from(clock[2:]))


def store_names(names: Names) -> None:
    """Store what the batch added."""
    rows: list[dict[str, Any]] = []
    for name in names.changed_former:
        each = names.former[name]
        clock = [*each.given_up, *each.named]
        rows.append({"kind": Link.Kind.ALIAS, "name": name, "external_id": each.survivor, "clock": clock})
    for name in names.changed_anonymous:
        user, told = names.anonymous[name]
        rows.append({"kind": Link.Kind.ANONYMOUS, "name": name, "external_id": user, "clock": list(told)})
    if rows:
        _rows(_STORE_LINKS, [now(), as_json(rows)])


def rows_in_hand(ids: Collection[str], wanted: Collection[str]) -> dict[str, Row]:
    """The customers of these ids, locked in the order of the ids; those `wanted` are born where they are new."""
    at = now()
    born = {row[0] for row in _rows(_BEGET, [at, at, sorted(wanted)])} if wanted else set()
    found = _rows(_LOCK, [list({*ids, *wanted})]) if ids or wanted else []
    return {
        row[0]: Row(
            row[0], row[1], profile_from(json.loads(row[2]), json.loads(row[3]), row[4]), row[5], row[0] in born
        )
        for row in found
    }


def claim_events(owners: Mapping[str, int]) -> set[int]:
    """Give events that were nobody's to whom their anonymous id belongs (id -> ordinal); the ordinals that got some."""
    rows = [{"name": name, "owner": ordinal} for name, ordinal in owners.items()]
    return {row[0] for row in _rows(_CLAIM, [as_json(rows)])} if rows else set()


def move_events(moves: Iterable[tuple[str, int, int]]) -> tuple[set[int], set[int]]:
    """Move the events of anonymous ids (id, from, to); (ordinals that lost some, ordinals that got some)."""
    rows = [{"name": name, "before": before, "owner": owner} for name, before, owner in moves]
    found = _rows(_MOVE, [as_json(rows)]) if rows else []
    return {row[0] for row in found}, {row[1] for row in found}


def bury(merged: Mapping[int, tuple[int, datetime]]) -> None:
    """Merge customers' rows away: ordinal -> (ordinal of the survivor, when the reason was received).

    Afterwards the survivors hold the events, and the rows hold nothing but whom they were merged into.
    """
    if not merged:
        return
    rows = [
        {"before": before, "owner": owner, "arrived_at": arrived.isoformat()}
        for before, (owner, arrived) in sorted(merged.items())
    ]
    text = as_json(rows)
    _rows(_HAND_OVER, [text])
    _rows(_BURY, [now(), text])
    _rows(_POINT_ON, [text])
