"""The steps by which a batch of events changes customers, all within one transaction and few statements."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from common.clock import now
from customers.choices import ChangeCause
from customers.rows import AttributeRow
from customers.rows.clocks import LATE_AFTER, instant_text
from customers.rows.identity import Names
from customers.rows.told import Told, learn_names, with_sound_ids
from customers.rows.traits import Fault, typed_traits
from customers.services import identity
from customers.services.identity import Row, as_json
from customers.services.problems import Problem

_STORE = """
    UPDATE customers_customer c
    SET attributes = coalesce(i.attributes, c.attributes), clocks = coalesce(i.clocks, c.clocks),
        is_erased = false, merged_into_id = NULL, change_cause = i.cause, arrived_at = i.arrived_at, changed_at = %s,
        changed_seq = nextval('customers_changed_seq')
    FROM jsonb_to_recordset(%s::jsonb)
        AS i (ordinal bigint, attributes jsonb, clocks jsonb, cause text, arrived_at timestamptz)
    WHERE c.ordinal = i.ordinal
"""


@dataclass(slots=True)
class Touch:
    """Why a customer changes with this batch, and when the oldest reason was received."""

    arrived_at: datetime
    is_late: bool = False
    is_merged: bool = False
    has_values: bool = False

    def cause(self) -> str:
        """The cause of the change, the strongest of several."""
        if self.is_merged:
            return ChangeCause.MERGE
        return ChangeCause.LATE if self.is_late else ChangeCause.DATA


@dataclass(slots=True)
class Batch:
    """The events in hand that can be applied, and what becomes of customers by them.

    `rows` are the customers in hand by their id, `touched` those that change, `merged` the ordinals that go, each with
    the ordinal of the survivor and when the reason was received.
    """

    events: list[Told] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    touched: dict[str, Touch] = field(default_factory=dict)
    merged: dict[int, tuple[int, datetime]] = field(default_factory=dict)

    def touch(self, external_id: str, arrived_at: datetime) -> Touch:
        """Note that the customer changes."""
        found = self.touched.setdefault(external_id, Touch(arrived_at))
        found.arrived_at = min(found.arrived_at, arrived_at)
        return found

    def ordinal(self, external_id: str | None) -> int | None:
        """The ordinal of the customer, who is in hand."""
        row = self.rows.get(external_id) if external_id is not None else None
        return row.ordinal if row else None


def sound_batch(given: Iterable[Told]) -> Batch:
    """The batch of the events whose ids can be customers'; the others are its first problems."""
    batch = Batch()
    for told in given:
        sound = with_sound_ids(told)
        if isinstance(sound, Fault):
            batch.problems.append(Problem.of(told, sound))
        else:
            batch.events.append(sound)
    return batch


@dataclass(frozen=True, slots=True)
class Grounds:
    """What traits are judged by: the catalogue, and for each source the sensitivities that its programs may set."""

    catalogue: Mapping[str, AttributeRow]
    open_to: Mapping[str, Collection[str]]


def apply_batch(batch: Batch, grounds: Grounds) -> dict[int, int]:
    """Change customers by the batch, within the open transaction and the gate; event -> ordinal of its customer."""
    before = identity.read_names(batch.events)
    names = before.copy()
    for told in batch.events:
        learn_names(names, told)
    _take_in_hand(batch, before, names)
    owners = _touch_owners(batch, names)
    _join_customers(batch, names)
    _write_traits(batch, names, grounds)
    _move_events(batch, before, names)
    identity.bury(batch.merged)
    _store_customers(batch)
    identity.store_names(names)
    return owners


def _take_in_hand(batch: Batch, before: Names, names: Names) -> None:
    wanted: set[str] = set()
    for told in batch.events:
        owner = names.owner(told.user_id, told.anonymous_id)
        wanted.update(names.survivor(one) for one in (owner, told.group_id) if one)
    owners = {before.owner_of_anonymous(name) for name in names.changed_anonymous | names.changed_former}
    known = {before.survivor(name) for name in names.changed_former} | {name for name in owners if name}
    batch.rows = identity.rows_in_hand(known, wanted)


def _touch_owners(batch: Batch, names: Names) -> dict[int, int]:
    owners: dict[int, int] = {}
    for told in batch.events:
        owner = names.owner(told.user_id, told.anonymous_id)
        ordinal = batch.ordinal(owner)
        if owner is None or ordinal is None:
            continue
        owners[told.id] = ordinal
        touch = batch.touch(owner, told.received_at)
        touch.is_late |= told.received_at - told.at > LATE_AFTER
    return owners


def _join_customers(batch: Batch, names: Names) -> None:
    """Values of customers who are another one now go to the survivor, by their clocks."""
    arrived = min((told.received_at for told in batch.events if told.type == "alias"), default=None)
    if arrived is None:
        return
    for row in list(batch.rows.values()):
        survivor = batch.rows.get(names.survivor(row.external_id))
        if row.is_gone or survivor is None or survivor is row:
            continue
        survivor.profile.take_over(row.profile)
        touch = batch.touch(survivor.external_id, arrived)
        touch.is_merged = touch.has_values = True
        batch.touched.pop(row.external_id, None)
        batch.merged[row.ordinal] = (survivor.ordinal, arrived)


def _write_traits(batch: Batch, names: Names, grounds: Grounds) -> None:
    for told in batch.events:
        subject = told.subject()
        if not subject:
            continue
        values, faults = typed_traits(told.traits, grounds.catalogue, open_to=grounds.open_to[told.source_key])
        batch.problems.extend(Problem.of(told, fault) for fault in faults)
        row = batch.rows[names.survivor(subject)]
        touch = batch.touch(row.external_id, told.received_at)
        touch.is_late |= told.received_at - told.at > LATE_AFTER or instant_text(told.at) < row.profile.newest()
        for key, value in values.items():
            touch.has_values |= row.profile.write(key, value, told.clock) or key in row.profile.clocks


def _move_events(batch: Batch, before: Names, names: Names) -> None:
    """Events that came without a user's id go to whom their anonymous id belongs now."""
    learnt = {told.anonymous_id or told.previous_id: told.received_at for told in batch.events}
    claims: dict[str, int] = {}
    moves: list[tuple[str, int, int]] = []
    for name in sorted(names.changed_anonymous | names.changed_former):
        was, owner = batch.ordinal(before.owner_of_anonymous(name)), batch.ordinal(names.owner_of_anonymous(name))
        if owner is None or was == owner:
            continue
        if was is None:
            claims[name] = owner
        elif was not in batch.merged or batch.merged[was][0] != owner:
            moves.append((name, was, owner))
    arrived = min(learnt.values(), default=now())
    lost, got = identity.move_events(moves)
    got |= identity.claim_events(claims)
    for row in batch.rows.values():
        if row.ordinal in lost | got and row.ordinal not in batch.merged:
            batch.touch(row.external_id, arrived)


def _store_customers(batch: Batch) -> None:
    rows: list[dict[str, Any]] = []
    for external_id, touch in batch.touched.items():
        row = batch.rows[external_id]
        rows.append(
            {
                "ordinal": row.ordinal,
                "attributes": row.profile.values if touch.has_values else None,
                "clocks": row.profile.clocks if touch.has_values else None,
                "cause": touch.cause(),
                "arrived_at": touch.arrived_at.isoformat(),
            }
        )
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [now(), as_json(rows)])
