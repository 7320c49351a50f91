"""What must always be true of the taxonomy, checked on the live database."""

from django.db.models import Count, Q

from taxonomy.choices import SegmentStatus, VersionState
from taxonomy.models import Segment, SegmentVersion


def breaches() -> list[str]:
    """Sentences that name what is wrong: an active segment has exactly one version in force, and every version in
    force came from an enactment."""
    in_force = Count("versions", filter=Q(versions__state=VersionState.ACTIVE))
    wrong = Segment.objects.without_tree_fields().annotate(in_force=in_force)
    found = [
        f"Segment {segment.key} is {segment.status} and has {segment.in_force} versions in force."
        for segment in wrong
        if segment.in_force != (1 if segment.status in (SegmentStatus.ACTIVE, SegmentStatus.DEPRECATED) else 0)
    ]
    orphans = SegmentVersion.objects.filter(state=VersionState.ACTIVE, enactments=None).select_related("segment")
    found += [f"Version {row.number} of {row.segment.key} is in force without an enactment." for row in orphans]
    return found
