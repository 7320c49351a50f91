"""What an attribute meant, version by version, and what changed between two of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.looks.differences import FieldDifference
from customers.models import Attribute
from customers.selectors.derivations import derivation_sentence

_LABELS = {
    "label": "Label",
    "description": "Definition",
    "type": "Type",
    "choices": "Choices",
    "unit": "Unit",
    "dimension": "Dimension",
    "sensitivity": "Sensitivity",
    "purposes": "Purposes",
    "grain": "Grain",
    "source": "Source",
    "steward": "Steward",
    "quality_threshold": "Share of customers that need a value",
    "minimum": "Lowest value",
    "maximum": "Highest value",
    "is_whole": "Whole numbers only",
    "is_always_known": "Always known",
    "not_before": "Never before",
    "derivation": "How it is computed",
    "retired": "Out of use",
}


@dataclass(frozen=True)
class AttributeVersion:
    """One version of an attribute: since when, and by whom. `row` is what stood at its end."""

    number: int
    at: datetime
    person: str
    row: Any

    @property
    def label(self) -> str:
        """What it was called."""
        return str(self.row.label)


def attribute_versions(attribute: Attribute) -> list[AttributeVersion]:
    """All versions, newest first; what was written within one version counts as it stood at its end."""
    rows = attribute.history.select_related("history_user", "source", "steward", "not_before", "successor")
    found: dict[int, Any] = {row.version: row for row in rows.order_by("history_date", "history_id")}
    return [
        AttributeVersion(number, row.history_date, str(row.history_user or ""), row)
        for number, row in sorted(found.items(), reverse=True)
    ]


def attribute_differences(old: AttributeVersion, new: AttributeVersion) -> list[FieldDifference]:
    """All fields in reading order, the changed and the unchanged ones."""
    before, after = _readings(old.row), _readings(new.row)
    return [FieldDifference(field, label, before[field], after[field]) for field, label in _LABELS.items()]


def _readings(row: Any) -> dict[str, str]:
    then = row.instance
    successor = f"; {row.successor.label} took its place" if row.retired_at and row.successor else ""
    return {
        **{name: str(getattr(then, name)) for name in ("label", "description", "unit")},
        **{name: str(getattr(then, f"get_{name}_display")()) for name in ("type", "dimension", "sensitivity", "grain")},
        **{name: "\n".join(getattr(then, name)) for name in ("choices", "purposes")},
        **{name: "yes" if getattr(then, name) else "no" for name in ("is_whole", "is_always_known")},
        **{name: "" if getattr(then, name) is None else str(getattr(then, name)) for name in ("minimum", "maximum")},
        **{name: str(getattr(row, name) or "") for name in ("source", "steward", "not_before")},
        "quality_threshold": f"{then.quality_threshold:.0%}",
        "derivation": derivation_sentence(then.derivation),
        "retired": f"since {row.retired_at:%-d %B %Y}{successor}" if row.retired_at else "",
    }
