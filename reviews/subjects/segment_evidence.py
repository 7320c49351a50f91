"""What the customers' data says for or against a proposed segment, and the changes of its named values."""

from collections.abc import Mapping, Sequence
from typing import Any

from reviews.subjects.base import Check, Content, Difference, Live
from taxonomy import selectors as taxonomy
from taxonomy.selectors import CheckedContent


def checks_of(
    *, viewer: Any, kind: str, key: str, content: Content, checked: CheckedContent, live: Live | None
) -> list[Check]:
    """The creation checklist for the proposed rule, filled in; what cannot be looked at says so."""
    return []


def threshold_difference(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """One difference for each named value that changed; its label says how in a sentence."""
    if list(old) == list(new):
        return []
    units = taxonomy.attribute_units(taxonomy.rule_catalogue())
    return [
        Difference(
            f"thresholds.{change.name}",
            change.sentence,
            "changed" if change.old and change.new else "added" if change.new else "removed",
            change.old,
            change.new,
        )
        for change in taxonomy.threshold_changes(old, new, units)
    ]
