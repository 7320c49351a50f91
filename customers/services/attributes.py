"""Defines attributes, and marks those that live rules use."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction

from common.actors import Actor
from customers.choices import Sensitivity
from customers.errors import InvalidAttribute, LiveAttribute, NoSuchAttribute, StaleBase
from customers.models import Attribute
from customers.policies import AttributePolicy
from customers.selectors import DECLARED, checked_content
from customers.services.storing import changed_fields, locked_attribute, refuse_retired, store_attribute

# A change to one of these changes who is a member of the segments that use the attribute.
_MEANING: Final = frozenset({"type", "choices", "unit", "grain", "derivation"})
# A change to one of these changes what is proved about those segments, and which values come in.
_PROVED: Final = frozenset(DECLARED)
_WORDS: Final = {
    "is_whole": "whole numbers",
    "is_always_known": "always known",
    "not_before": "never before",
    "derivation": "computation",
}


def _check_live(attribute: Attribute, content: Mapping[str, Any]) -> None:
    changed = set(changed_fields(attribute, content))
    meaning = changed & (_MEANING | _PROVED)
    rank = Sensitivity.values
    if "sensitivity" in changed and rank.index(content["sensitivity"]) < rank.index(attribute.sensitivity):
        meaning.add("sensitivity")
    if meaning:
        words = ", ".join(_WORDS.get(field, field) for field in sorted(meaning))
        raise LiveAttribute(
            f"Live segments use “{attribute.label}”. A change of its {words} alters what they mean or what is proved "
            "about them: open a change request for the attribute instead.",
            pointer=f"/{min(meaning)}",
        )


def _taken(key: str) -> InvalidAttribute:
    return InvalidAttribute(f"There is an attribute “{key}” already; change that one.", code="taken", pointer="/key")


@transaction.atomic
def define_attribute(
    *, actor: Actor, key: str, content: Mapping[str, Any], base_version: int | None = None
) -> Attribute:
    """Create the attribute of that key, or replace what it says.

    Afterwards the catalogue says exactly `content` (omitted fields have their defaults).
    Refuses: `NotAllowed`; `InvalidAttribute` (with `base_version` 0 also for a key that is taken); `LiveAttribute`
    for a change of meaning of an attribute that live rules use; `AttributeOutOfUse` for one that was retired;
    `ValuesHeld`; `StaleBase` when `base_version` is given and it is not the version any more; `NoSuchAttribute` for
    one that the actor may not see.
    Announces: `customers.attribute.defined`, unless nothing changed.
    """
    policy = AttributePolicy()
    policy.require(actor, "define")
    attribute = locked_attribute(key)
    if attribute is not None and not policy.can(actor, "view", attribute):
        raise NoSuchAttribute(f"There is no attribute “{key}” that you may define.")
    refuse_retired(attribute)
    made = checked_content(content, key=key, kind="create" if attribute is None else "change")
    if base_version == 0 and attribute is not None:
        raise _taken(key)
    if base_version is not None and base_version != (attribute.version if attribute else 0):
        raise StaleBase("The attribute was changed since you read it. Read it again and repeat your change.")
    if attribute is not None and attribute.is_live:
        _check_live(attribute, made)
    try:
        with transaction.atomic():
            return store_attribute(actor=actor, key=key, attribute=attribute, content=made)
    except IntegrityError:
        # Two people defined the same key at the same instant; the other one was first.
        raise _taken(key) from None


def mark_live(*, actor: Actor, keys: Iterable[str]) -> list[str]:
    """Mark the attributes of these keys as used by live rules; returns the keys that were newly marked.

    Called within the transaction of the enactment that makes the rule live, which announces the fact.
    """
    newly = Attribute.objects.select_for_update().filter(key__in=set(keys), is_live=False).order_by("key")
    marked = []
    for attribute in newly:
        attribute.is_live = True
        attribute.save(update_fields=["is_live", "changed_at"])
        marked.append(attribute.key)
    return marked
