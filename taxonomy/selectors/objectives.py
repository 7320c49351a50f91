"""Reading objectives and the segments that serve them."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from taxonomy import policies
from taxonomy.choices import VersionState
from taxonomy.errors import ObjectiveUnknown
from taxonomy.models import Objective, SegmentVersion


def objectives_for(*, viewer: Any) -> QuerySet[Objective]:
    """The objectives that the viewer may read, by name, with `segment_count`: how many segments serve it."""
    serving = Count("versions", filter=Q(versions__state=VersionState.ACTIVE))
    return (
        policies.objectives.visible(viewer)
        .select_related("owner")
        .annotate(segment_count=serving)
        .order_by("name", "key")
    )


def objective_for(*, viewer: Any, key: str) -> Objective:
    """The objective with this key; raises `ObjectiveUnknown`."""
    found = objectives_for(viewer=viewer).filter(key=key).first()
    if found is None:
        raise ObjectiveUnknown(f"There is no objective with the key {key}.")
    return found


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
