"""Reading objectives and the segments that serve them."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from taxonomy import policies
from taxonomy.choices import VersionState
from taxonomy.errors import ObjectiveUnknown
from taxonomy.models import Objective, SegmentVersion
from taxonomy.selectors.signatures import standing_signatures


def objectives_for(*, viewer: Any, with_retired: bool = False) -> QuerySet[Objective]:
    """The objectives in use that the viewer may read, by name, each with `segment_count`, the number of segments that
    serve it, and its `agreement`."""
    serving = Count("versions", filter=Q(versions__state=VersionState.ACTIVE))
    rows = policies.objectives.visible(viewer)
    return (
        (rows if with_retired else rows.filter(retired_at__isnull=True))
        .select_related("owner", "successor")
        .annotate(segment_count=serving)
        .prefetch_related(Prefetch("signatures", queryset=standing_signatures()))
        .order_by("name", "key")
    )


def objective_for(*, viewer: Any, key: str) -> Objective:
    """The objective with this key, also when it was retired; raises `ObjectiveUnknown`."""
    found = objectives_for(viewer=viewer, with_retired=True).filter(key=key).first()
    if found is None:
        raise ObjectiveUnknown(f"There is no objective with the key {key}.")
    return found


def objectives_in_use() -> QuerySet[Objective]:
    """All objectives that were not retired, for the portal's own work."""
    return Objective.objects.filter(retired_at__isnull=True).select_related("owner").order_by("key")


def objective_names() -> dict[str, str]:
    """Key -> name of every objective, for sentences that name one."""
    return dict(Objective.objects.values_list("key", "name"))


def versions_serving(key: str) -> QuerySet[SegmentVersion]:
    """The versions in force that name this objective, by name."""
    return (
        SegmentVersion.objects.filter(state=VersionState.ACTIVE, objective__key=key)
        .select_related("segment", "outcome_owner")
        .order_by("name")
    )
