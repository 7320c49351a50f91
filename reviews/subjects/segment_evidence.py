"""What the customers' data says for or against a proposed segment, and the changes of its named values."""

from collections.abc import Mapping, Sequence
from typing import Any

from reviews.choices import Kind
from reviews.selectors.checklist import Candidate, checklist_of
from reviews.subjects import data_checks
from reviews.subjects.base import Check, Content, Difference, Live
from taxonomy import selectors as taxonomy
from taxonomy.selectors import CheckedContent

COVERED = frozenset({"complexity", "sensitive_attribute", "only_demographic"})
"""Remarks about content that a line of the checklist tells already."""


def checks_of(
    *, viewer: Any, kind: str, key: str, content: Content, checked: CheckedContent, live: Live | None
) -> list[Check]:
    """The creation checklist for the proposed rule, filled in; what could not be looked at says so.

    Another name changes nothing that the checklist looks at, so a renaming has none.
    """
    if kind == Kind.RENAME:
        return []
    is_in_force = live is not None and all(live.content.get(part) == content.get(part) for part in ("rule", "parent"))
    candidate = Candidate(
        key=key,
        parent_key=content.get("parent"),
        rule=checked.rule,
        above=taxonomy.rules_above(content.get("parent")),
        owners=content.get("owners") or {},
        warnings=checked.warnings,
        is_in_force=is_in_force,
    )
    lines = [Check(line.title, line.status, line.reason, line.remedy) for line in checklist_of(candidate)]
    return [*lines, *data_checks.checks_of(checked.effective_rule)]


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
