"""Attributes that are out of use: what took their place, and what an attribute must be free of before it goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.uses import Use
from customers.models import Attribute
from customers.policies import AttributePolicy
from customers.rows import AttributeRow
from customers.selectors.attributes import attribute_facts_for, attribute_uses


@dataclass(frozen=True)
class RetiredAttribute:
    """An attribute out of use; `successor_key` is None where none took its place."""

    key: str
    label: str
    at: datetime
    successor_key: str | None
    successor_label: str

    @property
    def words(self) -> str:
        """What happened to it and what to do instead, in a sentence."""
        instead = (
            f"use “{self.successor_label}” ({self.successor_key}) instead"
            if self.successor_key
            else "none took its place"
        )
        return f"“{self.label}” ({self.key}) was retired on {self.at:%-d %B %Y}: {instead}."


def retired_among(keys: Iterable[str]) -> list[RetiredAttribute]:
    """Those of the named attributes that are out of use, by key."""
    rows = Attribute.objects.filter(key__in=set(keys), retired_at__isnull=False).select_related("successor")
    return [
        RetiredAttribute(
            key=row.key,
            label=row.label,
            at=row.retired_at,
            successor_key=row.successor.key if row.successor else None,
            successor_label=row.successor.label if row.successor else "",
        )
        for row in rows.order_by("key")
        if row.retired_at is not None
    ]


def readers_of(key: str) -> list[Use]:
    """What stops an attribute from going: rules in force that read it, and attributes that are computed from it or
    declared against it.
    """
    others = Attribute.objects.filter(retired_at=None).select_related("not_before").exclude(key=key).order_by("key")
    related = others.filter(not_before__key=key) | others.filter(derivation__points__contains=[{"attribute": key}])
    return [*attribute_uses(key), *(Use("Attribute", row.label, "") for row in related)]


def mappable_for(*, viewer: Any) -> dict[str, AttributeRow]:
    """Key -> facts of the attributes that a column may go to: those that the viewer may see and that are in use."""
    return {key: row for key, row in attribute_facts_for(viewer=viewer).items() if not row.is_retired}


def possible_successors(*, viewer: Any, but: str = "") -> list[tuple[str, str]]:
    """(key, label) of the visible attributes that could take the place of another, by label."""
    rows = AttributePolicy().visible(viewer).filter(retired_at=None).exclude(key=but).order_by("label", "key")
    return [(row.key, f"{row.label} ({row.key})") for row in rows]
