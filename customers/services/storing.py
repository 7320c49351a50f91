"""Writes an attribute's checked content; shared by the direct definition and the enactment of an approved change."""

from collections.abc import Mapping
from typing import Any

from accounts.selectors import user_by_username
from common.actors import Actor
from customers.errors import AttributeOutOfUse, ValuesHeld
from customers.events import AttributeDefined
from customers.models import Attribute, Customer
from customers.rows import could_be_key
from customers.selectors import content_of, source_by_key
from ledger.services import announce


def locked_attribute(key: str) -> Attribute | None:
    """The attribute, its row locked until the end of the transaction."""
    rows = Attribute.objects.select_for_update(of=("self",)).select_related("source", "steward", "not_before")
    return rows.filter(key=key).first() if could_be_key(key) else None


def refuse_retired(attribute: Attribute | None) -> None:
    """Refuse to write what is said of an attribute that is out of use."""
    if attribute is not None and attribute.retired_at is not None:
        raise AttributeOutOfUse(f"“{attribute.label}” was retired; it can no longer be changed.")


def changed_fields(attribute: Attribute | None, content: Mapping[str, Any]) -> list[str]:
    """The fields that the content would change; all of them for a new attribute."""
    if attribute is None:
        return sorted(content)
    before = content_of(attribute)
    return sorted(field for field in content if content[field] != before[field])


def _check_values_fit(attribute: Attribute, content: Mapping[str, Any], changed: list[str]) -> None:
    holders = Customer.objects.filter(attributes__has_key=attribute.key)
    if "type" in changed and holders.exists():
        raise ValuesHeld(
            f"Customers hold values of “{attribute.label}” of the type {attribute.get_type_display().lower()}. Define "
            "a new attribute with the other type and import into it.",
            pointer="/type",
        )
    if "derivation" in changed and content["derivation"] and attribute.derivation is None and holders.exists():
        raise ValuesHeld(
            f"Customers hold values of “{attribute.label}” that were sent or imported. Define a new attribute that is "
            "computed.",
            pointer="/derivation",
        )
    if "choices" not in changed or not content["choices"]:
        return
    kept = set(content["choices"])
    for choice in attribute.choices:
        # A text matches as the value of a choice and as an item of a set alike.
        if choice not in kept and holders.filter(**{f"attributes__{attribute.key}__contains": choice}).exists():
            raise ValuesHeld(
                f"Customers hold “{choice}” in “{attribute.label}”. Keep the choice, or import other values first.",
                pointer="/choices",
            )


def store_attribute(
    *, actor: Actor, key: str, attribute: Attribute | None, content: Mapping[str, Any], request_ref: str = ""
) -> Attribute:
    """Write the checked content to the locked attribute, or to a new one of that key, and announce it.

    Afterwards the version is one higher; content that changes nothing leaves everything as it was, without a fact.
    Refuses: `ValuesHeld` where stored values would not fit any more. Announces: `customers.attribute.defined`.
    """
    changed = changed_fields(attribute, content)
    if attribute is not None and not changed:
        return attribute
    if attribute is None:
        attribute = Attribute(key=key, version=0)
    else:
        _check_values_fit(attribute, content, changed)
    plain = {field: value for field, value in content.items() if field not in ("source", "steward", "not_before")}
    for field, value in plain.items():
        setattr(attribute, field, value)
    attribute.source = source_by_key(content["source"]) if content["source"] else None
    attribute.steward = user_by_username(content["steward"]) if content["steward"] else None
    attribute.not_before = Attribute.objects.get(key=content["not_before"]) if content["not_before"] else None
    attribute.version += 1
    attribute.save()
    fact = AttributeDefined(
        attribute_key=key, version=attribute.version, changed_fields=changed, request_ref=request_ref
    )
    announce(fact, actor=actor)
    return attribute
