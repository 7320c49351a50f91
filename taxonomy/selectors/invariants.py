"""What must always be true of the taxonomy, checked on the live database."""

from django.db.models import Count, Q

from taxonomy.choices import IN_USE, SegmentStatus, VersionState
from taxonomy.models import Segment, SegmentVersion


def breaches() -> list[str]:
    """Sentences that name what is wrong: an active segment has exactly one version in force, and every version in
    force came from an enactment."""
    in_force = Count("versions", filter=Q(versions__state=VersionState.ACTIVE))
    wrong = Segment.objects.without_tree_fields().annotate(in_force=in_force)
    found = [
        f"Segment {segment.key} is {segment.status} and has {segment.in_force} versions in force."
        for segment in wrong
        if segment.in_force != (1 if segment.status in IN_USE else 0)
    ]
    tried = SegmentVersion.objects.filter(state=VersionState.ACTIVE).select_related("segment")
    found += [
        f"Segment {row.segment.key} is {row.segment.status}, and its version in force says otherwise of a pilot."
        for row in tried.filter(Q(segment__status=SegmentStatus.PILOT) ^ ~Q(pilot=""))
    ]
    orphans = SegmentVersion.objects.filter(state=VersionState.ACTIVE, enactments=None).select_related("segment")
    found += [f"Version {row.number} of {row.segment.key} is in force without an enactment." for row in orphans]
    return found
