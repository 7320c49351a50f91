"""Writes the row of a version from checked content."""

from collections.abc import Mapping
from datetime import datetime

from accounts.selectors import user_by_username
from common.actors import Actor
from common.digests import digest_of
from taxonomy.models import Objective, Segment, SegmentVersion
from taxonomy.rules import to_tree
from taxonomy.selectors import CheckedContent


def version_from(
    checked: CheckedContent, segment: Segment, *, number: int, actor: Actor, at: datetime, reasons: Mapping[str, str]
) -> SegmentVersion:
    """The stored version, in force from `at`; the caller holds the segment and has ended the version before.

    Refuses: nothing that `checked_content` has let through.
    Announces: nothing; the enactment does.
    """
    content = checked.content
    owners = {f"{part}_owner": user_by_username(name) for part, name in content["owners"].items()}
    return SegmentVersion.objects.create(
        segment=segment,
        number=number,
        tier=content["tier"],
        parent=Segment.objects.get(key=content["parent"]) if content["parent"] else None,
        name=content["name"],
        meaning=content["meaning"],
        rule=to_tree(checked.rule),
        rule_text=content["rule"],
        words=checked.words,
        attribute_keys=list(checked.attributes),
        segment_keys=list(checked.segments),
        objective=Objective.objects.get(key=content["objective"]) if content["objective"] else None,
        axioms=content["axioms"],
        thresholds=content["thresholds"],
        pilot=content.get("pilot", ""),
        digest=digest_of(content),
        created_by_id=actor.pk,
        created_at=at,
        enacted_at=at,
        **owners,
        **reasons,
    )
