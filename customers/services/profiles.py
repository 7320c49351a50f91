"""Merges what programs and people send about customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from common.actors import Actor
from common.errors import Stale
from customers.choices import ChangeCause
from customers.errors import InvalidValues
from customers.events import ProfilesChanged
from customers.models import Customer, Source
from customers.policies import CustomerPolicy
from customers.rows import AttributeRow, RowErrors, ValueRefused, checked_external_id, checked_row
from customers.selectors import CustomerRecord, attribute_facts_for, customer, ordinals_of, source_by_key
from customers.services.merging import Merged, combined, enter_gate, merge_rows
from customers.services.sources import record_load
from customers.services.stops import require_flowing
from ledger.services import announce

BULK_LIMIT: Final = 10_000


@dataclass(frozen=True)
class RowResult:
    """What became of one row of a bulk: created, changed, unchanged or refused with its errors."""

    external_id: str
    status: str
    errors: list[dict[str, Any]] = field(default_factory=list)


def _announce(actor: Actor, merged: Merged, source: Source | None, row_count: int) -> None:
    if source is not None:
        record_load(source, row_count)
    touched = merged.created | merged.changed
    if touched:
        fact = ProfilesChanged(
            ordinal=ordinals_of(list(touched)).get(next(iter(touched))) if len(touched) == 1 else None,
            created=len(merged.created),
            changed=len(merged.changed),
            source_key=source.key if source else "",
        )
        announce(fact, actor=actor)


@transaction.atomic
def merge_customer(
    *,
    actor: Actor,
    external_id: str,
    attributes: Mapping[str, Any],
    source_key: str | None = None,
    base_seq: int | None = None,
    is_correction: bool = False,
) -> CustomerRecord:
    """Merge values into one customer, who is born if the id is new; None clears a value. An id that was merged into
    another customer means that one. `is_correction` is told as the cause of what changes.

    Refuses: `NotAllowed`; `InvalidValues` (every fault at once, nothing stored) for an odd id, unknown or hidden
    attributes and values of the wrong type; `NoSuchSource`; `SourceFrozen`; `Stale` when `base_seq` is given and the
    customer moved on.
    Announces: `customers.profiles.changed`, unless nothing changed.
    """
    CustomerPolicy().require(actor, "change")
    source = source_by_key(source_key) if source_key else None
    if source is not None:
        require_flowing(source.key)
    values, errors = checked_row(attributes, attribute_facts_for(viewer=actor), strict=True)
    try:
        external_id = checked_external_id(external_id)
    except ValueRefused as refused:
        errors.add(refused, "/external_id")
    if errors:
        raise InvalidValues("Some values do not fit; nothing was stored.", errors=errors.errors)
    # Before any row is locked: whoever has the gate alone may be waiting for that row.
    enter_gate()
    if base_seq is not None:
        row = Customer.objects.select_for_update().filter(external_id=external_id).first()
        if row is None or row.changed_seq != base_seq:
            raise Stale("The customer was changed since you read it. Read it again and repeat your change.")
    merged = merge_rows({external_id: values}, cause=_cause(is_correction))
    _announce(actor, merged, source, 1)
    return customer(merged.survivors.get(external_id, external_id))


def _cause(is_correction: bool) -> str:
    return ChangeCause.CORRECTION if is_correction else ChangeCause.DATA


def _checked_rows(
    rows: Sequence[Mapping[str, Any]], actor: Actor
) -> tuple[list[tuple[str, dict[str, Any]] | None], list[tuple[str, RowErrors]]]:
    facts = attribute_facts_for(viewer=actor)
    good: list[tuple[str, dict[str, Any]] | None] = []
    notes: list[tuple[str, RowErrors]] = []
    for position, row in enumerate(rows):
        external_id, values, errors = _checked_one(row, facts, f"/customers/{position}")
        notes.append((external_id, errors))
        good.append(None if errors else (external_id, values))
    return good, notes


def _checked_one(row: Any, facts: Mapping[str, AttributeRow], pointer: str) -> tuple[str, dict[str, Any], RowErrors]:
    errors = RowErrors()
    if not isinstance(row, Mapping):
        errors.add(ValueRefused("wrong_type", "A row must be an object with external_id and attributes."), pointer)
        return "", {}, errors
    attributes = row.get("attributes")
    values: dict[str, Any] = {}
    if isinstance(attributes, Mapping):
        values, errors = checked_row(attributes, facts, strict=True, pointer=f"{pointer}/attributes")
    else:
        refused = ValueRefused("wrong_type", "The attributes must be an object of key and value.")
        errors.add(refused, f"{pointer}/attributes")
    for name in sorted(set(map(str, row)) - {"external_id", "attributes"}):
        refused = ValueRefused("unknown_field", "There is no such field. Known: external_id, attributes.")
        errors.add(refused, f"{pointer}/{name}")
    try:
        return checked_external_id(row.get("external_id")), values, errors
    except ValueRefused as refused:
        errors.add(refused, f"{pointer}/external_id")
        return str(row.get("external_id") or "")[:200], values, errors


@transaction.atomic
def merge_customers_bulk(
    *,
    actor: Actor,
    rows: Sequence[Mapping[str, Any]],
    source_key: str | None = None,
    is_correction: bool = False,
) -> list[RowResult]:
    """Merge up to 10,000 rows of `external_id` and `attributes`; one result per row, in their order.

    Afterwards the sound rows are stored and the refused ones are not. Of several rows of one customer the later wins.
    `is_correction` is told as the cause of what changes.
    Refuses: `NotAllowed`; `InvalidValues` for more rows than the limit; `NoSuchSource`; `SourceFrozen`.
    Announces: `customers.profiles.changed` once, unless nothing changed.
    """
    CustomerPolicy().require(actor, "change")
    if len(rows) > BULK_LIMIT:
        detail = f"At most {BULK_LIMIT:,} customers in one call; this has {len(rows):,}. Send them in parts."
        raise InvalidValues(detail, code="too_many", pointer="/customers")
    source = source_by_key(source_key) if source_key else None
    if source is not None:
        require_flowing(source.key)
    good, notes = _checked_rows(rows, actor)
    merged = merge_rows(combined(row for row in good if row is not None), cause=_cause(is_correction))
    _announce(actor, merged, source, sum(row is not None for row in good))
    return [RowResult(one, "refused" if errors else merged.status(one), errors.errors) for one, errors in notes]
