"""Enacts approved changes of attributes, and their retirement. Only review subjects come here."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.errors import Invalid
from customers.errors import AttributeInUse, NoSuchAttribute, StaleBase
from customers.events import AttributeRetired
from customers.models import Attribute
from customers.selectors import checked_content, readers_of
from customers.services.storing import locked_attribute, refuse_retired, store_attribute
from ledger.services import announce


@transaction.atomic
def enact_attribute(
    *, actor: Actor, key: str, content: Mapping[str, Any], base_version: int | None, request_ref: str
) -> Attribute:
    """Make the approved content what the catalogue says of the attribute; `base_version` None creates it.

    Afterwards the attribute has the content and the next version, also where live rules use it.
    Refuses: `StaleBase` when the catalogue moved on since the proposal; `InvalidAttribute`; `ValuesHeld`;
    `NoSuchAttribute`; `AttributeOutOfUse`.
    Announces: `customers.attribute.defined` with the reference of the request.
    """
    attribute = locked_attribute(key)
    if attribute is None and base_version is not None:
        raise NoSuchAttribute(f"There is no attribute “{key}”.")
    refuse_retired(attribute)
    if attribute is not None and attribute.version != base_version:
        raise StaleBase(
            f"“{attribute.label}” is now at version {attribute.version}; the proposal was written for another."
        )
    made = checked_content(content, key=key, kind="create" if attribute is None else "change")
    return store_attribute(actor=actor, key=key, attribute=attribute, content=made, request_ref=request_ref)


@transaction.atomic
def retire_attribute(
    *, actor: Actor, key: str, base_version: int | None, successor_key: str | None, request_ref: str
) -> Attribute:
    """The attribute is out of use for good: no new rule reads it and no column goes to it; its values stay.

    Refuses: `NoSuchAttribute`; `AttributeOutOfUse`; `StaleBase` when the catalogue moved on since the proposal;
    `AttributeInUse` while rules in force read it, or other attributes are computed from it or declared against it;
    `Invalid` (successor).
    Announces: `customers.attribute.retired`.
    """
    attribute = locked_attribute(key)
    if attribute is None:
        raise NoSuchAttribute(f"There is no attribute “{key}”.")
    refuse_retired(attribute)
    if attribute.version != base_version:
        raise StaleBase(
            f"“{attribute.label}” is now at version {attribute.version}; the proposal was written for another."
        )
    if standing := readers_of(key):
        names = ", ".join(use.title for use in standing)
        raise AttributeInUse(f"“{attribute.label}” is read by {names}. Change or retire them first.")
    attribute.successor = _successor(attribute, successor_key) if successor_key else None
    attribute.retired_at = now()
    attribute.version += 1
    attribute.save(update_fields=["successor", "retired_at", "version", "changed_at"])
    fact = AttributeRetired(
        attribute_key=key, version=attribute.version, successor_key=successor_key or "", request_ref=request_ref
    )
    announce(fact, actor=actor)
    return attribute


def _successor(attribute: Attribute, key: str) -> Attribute:
    found = Attribute.objects.filter(key=key, retired_at=None).exclude(pk=attribute.pk).first()
    if found is None:
        detail = f"“{key}” cannot succeed: it is not another attribute in use."
        raise Invalid(detail, code="unknown_successor", pointer="/successor")
    return found
