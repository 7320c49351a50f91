"""Segments as things that can be frozen."""

from django.urls import reverse

from safeguards.choices import Scope
from safeguards.selectors.targets import Target
from taxonomy.models import Segment
from taxonomy.selectors.segments import newest_version, path_of


def freeze_target(scope: str, key: str) -> Target | None:
    """The segment with its three owners and its path; None for other kinds of things and for unknown keys."""
    segment = Segment.objects.filter(key=key).first() if scope == Scope.SEGMENT else None
    version = newest_version(segment) if segment else None
    if version is None:
        return None
    owners = frozenset((version.data_owner_id, version.definition_owner_id, version.outcome_owner_id))
    url = reverse("taxonomy:segment", args=[key])
    return Target(scope, key, version.name, url, owners, tuple(path_of(key)))
