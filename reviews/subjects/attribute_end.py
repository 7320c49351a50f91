"""The end of an attribute under review: no new rule reads it and no column goes to it; its values stay."""

from typing import Any

from common.actors import Actor
from common.errors import Invalid
from customers import selectors as customers
from customers.services.enactment import retire_attribute
from reviews.choices import CheckStatus
from reviews.subjects.base import Check, Content, Difference, Order


def checks_of(viewer: Any, key: str, content: Content) -> list[Check]:
    """What stands on the attribute, and what to use instead. Raises Invalid where it cannot go."""
    named = _successor_check(viewer, key, content.get("successor"))
    if standing := customers.readers_of(key):
        names = ", ".join(use.title for use in standing)
        raise Invalid(f"{key} is read by {names}. Change or retire them first.", code="in_use", pointer="/subject/key")
    read = Check("Rules that read it", CheckStatus.PASS, "No live rule reads it, and no attribute rests on it.")
    return [named, read, Check("Values", CheckStatus.PASS, "The values that customers have stay as they are.")]


def difference(new: Content) -> list[Difference]:
    """The status that it gets."""
    named = f"succeeded by {new['successor']}" if new.get("successor") else "without a successor"
    return [Difference("status", "Status", "changed", "in use", f"retired, {named}")]


def apply(actor: Actor, order: Order) -> int:
    """Put the attribute out of use; the version that the catalogue has afterwards."""
    attribute = retire_attribute(
        actor=actor,
        key=order.key,
        base_version=order.base_version,
        successor_key=order.content.get("successor"),
        request_ref=order.reference,
    )
    return int(attribute.version)


def _successor_check(viewer: Any, key: str, successor: Any) -> Check:
    if successor is None:
        remedy = "Name the attribute to use instead, if any."
        return Check("Successor", CheckStatus.WARN, "No successor is named.", remedy)
    found = isinstance(successor, str) and successor in customers.visible_attribute_keys(viewer)
    if not found or successor == key or customers.live_content(successor) is None:
        raise Invalid(
            f"“{successor}” cannot succeed: it is not another attribute in use.",
            code="unknown_successor",
            pointer="/proposed/successor",
        )
    return Check("Successor", CheckStatus.PASS, f"{successor} is named as what to use instead.")
