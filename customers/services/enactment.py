"""Enacts approved changes of attributes. Only review subjects come here."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from common.actors import Actor
from customers.errors import NoSuchAttribute, StaleBase
from customers.models import Attribute
from customers.selectors import checked_content
from customers.services.storing import locked_attribute, store_attribute


@transaction.atomic
def enact_attribute(
    *, actor: Actor, key: str, content: Mapping[str, Any], base_version: int | None, request_ref: str
) -> Attribute:
    """Make the approved content what the catalogue says of the attribute; `base_version` None creates it.

    Afterwards the attribute has the content and the next version, also where live rules use it.
    Refuses: `StaleBase` when the catalogue moved on since the proposal; `InvalidAttribute`; `ValuesHeld`;
    `NoSuchAttribute`.
    Announces: `customers.attribute.defined` with the reference of the request.
    """
    attribute = locked_attribute(key)
    if attribute is None and base_version is not None:
        raise NoSuchAttribute(f"There is no attribute “{key}”.")
    if attribute is not None and attribute.version != base_version:
        raise StaleBase(
            f"“{attribute.label}” is now at version {attribute.version}; the proposal was written for another."
        )
    made = checked_content(content, key=key, kind="create" if attribute is None else "change")
    return store_attribute(actor=actor, key=key, attribute=attribute, content=made, request_ref=request_ref)
