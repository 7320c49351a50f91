"""Rules as they were: the effective rules that certain versions gave together, whatever has changed since."""

from collections.abc import Iterable

from taxonomy.models import SegmentVersion
from taxonomy.rules import Rule, conjoin, digest
from taxonomy.selectors.catalogue import stored_rule
from taxonomy.selectors.effective import ActiveRule, Standing, in_dependency_order


def rules_of_versions(version_ids: Iterable[int]) -> list[ActiveRule]:
    """The effective rules of these versions, each after everything that it stands on, read with the types that they
    were checked with. Versions whose parents are not among them are read without the parents' rules."""
    rows = SegmentVersion.objects.filter(pk__in=set(version_ids)).select_related("segment", "parent")
    versions = {row.segment.key: row for row in rows}
    standing = {
        key: Standing(row.parent.key if row.parent else None, tuple(row.segment_keys)) for key, row in versions.items()
    }
    found: dict[str, ActiveRule] = {}
    for key in in_dependency_order(standing):
        row, parent = versions[key], standing[key].parent
        own: Rule = stored_rule(row.rule)
        rule = conjoin(found[parent].rule, own) if parent in found else own
        found[key] = ActiveRule(row.segment_id, key, row.name, parent, row.pk, row.number, rule, digest(rule))
    return list(found.values())
