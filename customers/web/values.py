"""How stored values read on a page."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from common.looks import moments
from customers.choices import AttributeType, Dimension
from customers.models import Attribute
from customers.rows.derivations import derivation_words, read_derivation
from customers.selectors import CustomerRecord, DerivationSample, SourceLine


def shown_value(kind: str, value: Any) -> str:
    """The value in a reader's words; empty for a missing one."""
    if value is None:
        return ""
    if kind == AttributeType.NUMBER:
        whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
        return f"{value:,.0f}" if whole else f"{value:,.10g}"
    if kind == AttributeType.BOOLEAN:
        return "Yes" if value else "No"
    if kind == AttributeType.SET:
        return ", ".join(value) or "(an empty set)"
    if kind == AttributeType.DATE:
        return moments.day(date.fromisoformat(value))
    if kind == AttributeType.TIMESTAMP:
        return moments.moment(datetime.fromisoformat(value))
    return str(value) if value else "(an empty text)"


@dataclass(frozen=True)
class ValueLine:
    """One attribute of one customer: `text` is empty where there is no value, `computed` where it is collected."""

    attribute: Attribute
    text: str
    source: SourceLine | None
    computed: str = ""


@dataclass(frozen=True)
class ProfilePart:
    """The values of one dimension, and the attributes of it that have none."""

    dimension: str
    known: list[ValueLine]
    unknown: list[ValueLine]


def profile_parts(
    record: CustomerRecord, attributes: list[Attribute], freshness: dict[str, SourceLine]
) -> list[ProfilePart]:
    """The customer's values by dimension, in the order of the dimensions, then by label."""
    order = list(Dimension.values)
    labels = {one.key: one.label for one in attributes}
    parts = []
    for dimension, members in groupby(
        sorted(attributes, key=lambda one: (order.index(one.dimension), one.label)), key=lambda one: one.dimension
    ):
        lines = [
            ValueLine(
                one,
                shown_value(one.type, record.attributes.get(one.key)),
                freshness.get(one.source.key) if one.source else None,
                _computed(one, labels),
            )
            for one in members
        ]
        known = [line for line in lines if line.text]
        parts.append(ProfilePart(Dimension(dimension).label, known, [line for line in lines if not line.text]))
    return parts


def _computed(attribute: Attribute, labels: dict[str, str]) -> str:
    if not attribute.derivation:
        return ""
    return derivation_words(read_derivation(attribute.derivation), lambda key: labels.get(key, key))


def shown_sample(found: DerivationSample | None) -> list[tuple[str, str]]:
    """The customers of a sample with their values in a reader's words."""
    return [(name, shown_value(found.type, value)) for name, value in found.rows] if found else []
