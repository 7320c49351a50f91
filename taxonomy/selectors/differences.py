"""What changed between two versions of a segment, field by field, in words."""

from collections.abc import Mapping

from common.looks.differences import FieldDifference
from taxonomy.models import SegmentVersion
from taxonomy.selectors.axioms import axioms_in_words
from taxonomy.selectors.catalogue import rule_catalogue
from taxonomy.selectors.named_values import attribute_units, threshold_lines


def differences_between(old: SegmentVersion, new: SegmentVersion) -> list[FieldDifference]:
    """All fields in reading order, the changed and the unchanged ones."""
    units = attribute_units(rule_catalogue())
    before, after = _readings(old, units), _readings(new, units)
    return [FieldDifference(field, label, before[field], after[field]) for field, label in _LABELS.items()]


_LABELS = {
    "name": "Name",
    "meaning": "Meaning",
    "words": "Rule in words",
    "rule": "Rule as text",
    "thresholds": "Named values",
    "pilot": "Use",
    "tier": "Tier",
    "parent": "Stands below",
    "axioms": "What it demands of its children",
    "objective": "Objective",
    "data_owner": "Answers for the data",
    "definition_owner": "Answers for the definition",
    "outcome_owner": "Answers for the outcome",
}


def _readings(version: SegmentVersion, units: Mapping[str, str]) -> dict[str, str]:
    return {
        "name": version.name,
        "meaning": version.meaning,
        "words": version.words[:1].upper() + version.words[1:],
        "rule": version.rule_text,
        "thresholds": "; ".join(threshold_lines(version.thresholds, units)) or "none",
        "pilot": version.get_pilot_display() or "In full use",
        "tier": version.get_tier_display(),
        "parent": version.parent.key if version.parent else "nothing: it is a root",
        "axioms": axioms_in_words(version.axioms) or "nothing",
        "objective": version.objective.name if version.objective else "none",
        "data_owner": str(version.data_owner),
        "definition_owner": str(version.definition_owner),
        "outcome_owner": str(version.outcome_owner),
    }
