"""Segment membership as boolean flags of one customer."""

import dataclasses
from datetime import datetime
from typing import Any

from activation.errors import InvalidContext, TargetingKeyMissing
from activation.policies import LookupPolicy
from common.errors import NotFound
from memberships.selectors import SizeRow, segments_of, sizes
from memberships.selectors.stood import Stood, stood_then
from safeguards.choices import Scope
from safeguards.selectors import freeze_of
from taxonomy.selectors import closed_pilots

LONGEST_KEY = 200


@dataclasses.dataclass(frozen=True)
class Flag:
    """One segment as a flag: on while the customer is a member. `reason` is of the protocol's own list; `frozen` says
    why the flag does not move."""

    key: str
    value: bool
    reason: str
    version: int
    run: int
    as_of: datetime | None
    frozen: str = ""

    @property
    def variant(self) -> str:
        """The name of the value."""
        return "member" if self.value else "not-member"


def targeting_key(body: Any) -> str:
    """The customer that the body's context names. Raises `InvalidContext` and `TargetingKeyMissing`."""
    context = body.get("context") if isinstance(body, dict) else None
    if not isinstance(context, dict):
        raise InvalidContext("Send a JSON object with a context.", pointer="/context")
    key = context.get("targetingKey")
    if not isinstance(key, str) or not key.strip():
        raise TargetingKeyMissing(
            "The context needs a targetingKey: the customer's id.", pointer="/context/targetingKey"
        )
    if len(key) > LONGEST_KEY:
        raise InvalidContext(f"A targetingKey has at most {LONGEST_KEY} characters.", pointer="/context/targetingKey")
    return key


def flags_for(*, viewer: Any, external_id: str) -> list[Flag]:
    """Every segment whose members are known, as a flag of the customer, by key; an unknown customer is in none.

    A pilot is a flag only where its board has approved that other programs get it.
    While all activation is frozen, the flags are those of the instant at which it was.
    """
    LookupPolicy().require(viewer, "look_up")
    stop, closed = freeze_of(Scope.ACTIVATION), closed_pilots()
    if stop is not None:
        inside = _inside(external_id, stop.at)
        stood = (row for row in stood_then(stop.at) if row.key not in closed)
        return [_then(row, row.key in inside, stop.reason) for row in stood]
    inside = _inside(external_id, None)
    rows = (row for row in sizes().values() if row.size is not None and row.key not in closed)
    return [_flag(row, row.key in inside) for row in rows]


def _inside(external_id: str, at: datetime | None) -> set[str]:
    try:
        return {membership.key for membership in segments_of(external_id, at)}
    except NotFound:
        return set()


def _then(row: Stood, value: bool, frozen: str) -> Flag:
    return Flag(row.key, value, "STALE", row.version_number, row.run_id, row.as_of, frozen)


def _flag(row: SizeRow, value: bool) -> Flag:
    reason = "STALE" if row.state == "stale" else "TARGETING_MATCH" if value else "DEFAULT"
    return Flag(row.key, value, reason, row.version_number or 0, row.run_id or 0, row.as_of)
