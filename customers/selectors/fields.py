"""The fields of every source: its attributes, and the columns of its imports that carry them or that nobody took."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from customers.policies import ImportPolicy, SourcePolicy
from customers.rows import EXTERNAL_ID
from customers.selectors.retirement import mappable_for

_JOBS = 200


@dataclass(frozen=True)
class SourceField:
    """One field of a source: a column of its imports, or an attribute that no column carries."""

    source_key: str
    name: str
    label: str
    attribute_key: str = ""
    description: str = ""


def fields_for(*, viewer: Any) -> dict[str, list[SourceField]]:
    """Source key -> its fields by name, of the sources and attributes that the viewer may see; those of retired
    attributes are no fields to give a meaning to any more.
    """
    known = mappable_for(viewer=viewer)
    found: dict[str, dict[str, SourceField]] = {
        key: {} for key in SourcePolicy().visible(viewer).order_by("key").values_list("key", flat=True)
    }
    for source, column, attribute in _columns(viewer):
        if source in found and (not attribute or attribute in known):
            facts = known.get(attribute)
            label, description = (facts.label, facts.description) if facts else (column, "")
            found[source].setdefault(column, SourceField(source, column, label, attribute, description))
    for key, facts in known.items():
        source = facts.source_key or ""
        carried = source in found and any(field.attribute_key == key for field in found[source].values())
        if source in found and not carried:
            found[source][key] = SourceField(source, key, facts.label, key, facts.description)
    return {source: sorted(fields.values(), key=lambda field: field.name) for source, fields in found.items()}


def _columns(viewer: Any) -> Iterator[tuple[str, str, str]]:
    """(source, column, attribute or nothing) of the newest imports first; ids are no field of meaning."""
    jobs = ImportPolicy().visible(viewer).order_by("-pk").values_list("source__key", "mapping")[:_JOBS]
    for source, mapping in jobs:
        for column, target in mapping.items():
            if target != EXTERNAL_ID:
                yield source, str(column)[:200], str(target or "")
