"""Everything that one segment's page and its address in the API say about it."""

import dataclasses
from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Any

from common.clock import now
from common.providers import providers
from common.uses import Use
from customers.selectors import visible_attribute_keys
from taxonomy.choices import SegmentStatus
from taxonomy.errors import SegmentUnknown
from taxonomy.models import Enactment, Segment, SegmentVersion
from taxonomy.rules import AttributeFacts, Rule, conjoin, to_text, to_tree, to_words
from taxonomy.selectors.catalogue import AttributeUse, attribute_uses_of, rule_catalogue, stored_rule
from taxonomy.selectors.crosswalk import heirs_of
from taxonomy.selectors.named_values import Threshold, named_thresholds
from taxonomy.selectors.review_dates import review_dates
from taxonomy.selectors.segments import children_of, lineage, newest_version, references_to, segment_for
from taxonomy.selectors.wording import word_tree_of

TAKES_EVERYBODY = "TRUE"


@dataclasses.dataclass(frozen=True)
class InheritedRule:
    """The part of a segment's rule that an ancestor brings; an ancestor that takes everybody brings none."""

    version: SegmentVersion
    words: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Overview:
    """One segment in its place. `version` is the one in force, or the last one of a retired segment.

    `inherited` goes from the root down; `effective` is the rule that decides membership, as tree, text and words. The
    viewer may open the pages of `open_attributes` only. `review_by` is the day by which somebody is to look at it
    again. `heirs` are the segments in which a retired one goes on."""

    segment: Segment
    version: SegmentVersion
    ancestors: list[SegmentVersion]
    children: list[SegmentVersion]
    references: list[SegmentVersion]
    uses: list[Use]
    attributes: list[AttributeUse]
    open_attributes: frozenset[str]
    words: dict[str, Any]
    thresholds: list[Threshold]
    inherited: list[InheritedRule]
    effective: dict[str, Any]
    enactment: Enactment | None
    review_by: date | None
    heirs: list[str]

    @property
    def path(self) -> list[str]:
        """The keys from the root down to this segment."""
        return [*(version.segment.key for version in self.ancestors), self.segment.key]

    @property
    def is_review_overdue(self) -> bool:
        """Whether that day is over; a retired segment needs no review."""
        is_due = self.review_by is not None and self.review_by < now().date()
        return self.segment.status == SegmentStatus.ACTIVE and is_due


def overview_for(*, viewer: Any, key: str) -> Overview:
    """The segment as far as the viewer may read it; raises `SegmentUnknown`."""
    segment = segment_for(viewer=viewer, key=key)
    version = newest_version(segment)
    if version is None:
        raise SegmentUnknown(f"{key} has no version yet.")
    ancestors = lineage(segment)
    catalogue = rule_catalogue()
    return Overview(
        segment=segment,
        version=version,
        ancestors=ancestors,
        children=list(children_of(segment)),
        references=list(references_to(key)),
        uses=[use for provider in providers("SEGMENT_USES") for use in provider(key)],
        attributes=attribute_uses_of(version.attribute_keys),
        open_attributes=visible_attribute_keys(viewer),
        words=word_tree_of(version, catalogue),
        thresholds=named_thresholds(version.thresholds, stored_rule(version.rule), catalogue),
        inherited=[
            InheritedRule(above, word_tree_of(above, catalogue))
            for above in ancestors
            if above.rule_text != TAKES_EVERYBODY
        ],
        effective=_effective([*ancestors, version], catalogue),
        enactment=Enactment.objects.filter(version=version).select_related("actor").order_by("-at", "-id").first(),
        review_by=review_dates([key]).get(key),
        heirs=heirs_of(key) if segment.status == SegmentStatus.RETIRED else [],
    )


def _effective(versions: list[SegmentVersion], catalogue: Mapping[str, AttributeFacts]) -> dict[str, Any]:
    rules: list[Rule] = [stored_rule(version.rule) for version in versions]
    rule = reduce(conjoin, rules)
    return {"tree": to_tree(rule), "text": to_text(rule), "words": to_words(rule, catalogue)}
