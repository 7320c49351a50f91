"""Reading segments and their versions."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from taxonomy import policies
from taxonomy.choices import VersionState
from taxonomy.errors import SegmentUnknown, VersionUnknown
from taxonomy.models import Segment, SegmentVersion


@dataclasses.dataclass(frozen=True)
class LiveContent:
    """What a segment means now: the version in force and its content as a request would propose it."""

    version_number: int
    version_id: int
    content: dict[str, Any]
    digest: str


def content_of(version: SegmentVersion) -> dict[str, Any]:
    """The content of a version in the form that requests propose: keys and usernames, the rule as text."""
    return {
        **({"pilot": version.pilot} if version.pilot else {}),
        "tier": version.tier,
        "parent": version.parent.key if version.parent else None,
        "name": version.name,
        "meaning": version.meaning,
        "rule": version.rule_text,
        "objective": version.objective.key if version.objective else None,
        "axioms": dict(version.axioms),
        "thresholds": list(version.thresholds),
        "owners": {
            "data": version.data_owner.get_username(),
            "definition": version.definition_owner.get_username(),
            "outcome": version.outcome_owner.get_username(),
        },
    }


def _versions() -> QuerySet[SegmentVersion]:
    return SegmentVersion.objects.select_related(
        "segment", "parent", "objective", "data_owner", "definition_owner", "outcome_owner", "created_by"
    )


def segments_for(viewer: Any) -> QuerySet[Segment]:
    """The segments that the viewer may read, each with its newest version ready under `newest`."""
    newest = _versions().order_by("segment_id", "-number").distinct("segment_id")
    return (
        policies.segments.visible(viewer)
        .select_related("parent", "successor")
        .prefetch_related(Prefetch("versions", queryset=newest, to_attr="newest"))
    )


def newest_versions_for(viewer: Any) -> QuerySet[SegmentVersion]:
    """The newest version of each segment that the viewer may read, with the segment's `key` as a column to order by."""
    later = SegmentVersion.objects.filter(segment=OuterRef("segment"), number__gt=OuterRef("number"))
    return (
        _versions()
        .filter(~Exists(later), segment__in=policies.segments.visible(viewer))
        .select_related("segment__parent", "segment__successor")
        .annotate(key=F("segment__key"))
    )


def newest_version(segment: Segment) -> SegmentVersion | None:
    """The segment's version in force, or its last one when it is retired; from `segments_for` without a query."""
    loaded: list[SegmentVersion] | None = getattr(segment, "newest", None)
    if loaded is not None:
        return loaded[0] if loaded else None
    return _versions().filter(segment=segment).order_by("-number").first()


def segment_by_key(key: str) -> Segment:
    """The segment with this key; raises `SegmentUnknown`."""
    known = Segment.objects.select_related("parent", "successor")
    segment = known.filter(key=key).first() if "\x00" not in key else None
    if segment is None:
        raise SegmentUnknown(f"There is no segment with the key {key}.")
    return segment


def segment_for(*, viewer: Any, key: str) -> Segment:
    """The segment with this key as far as the viewer may read it; raises `SegmentUnknown`."""
    segment = segments_for(viewer).filter(key=key).first() if "\x00" not in key else None
    if segment is None:
        raise SegmentUnknown(f"There is no segment with the key {key}, or you may not see it.")
    return segment


def live_version(key: str) -> SegmentVersion | None:
    """The version in force, or None when the segment is unknown or retired."""
    return _versions().filter(segment__key=key, state=VersionState.ACTIVE).first()


def live_content(key: str) -> LiveContent | None:
    """What the segment means now, or None when the segment is unknown or retired."""
    live = live_version(key)
    if live is None:
        return None
    return LiveContent(live.number, live.pk, content_of(live), live.digest)


@dataclasses.dataclass(frozen=True)
class Heading:
    """What a list needs to say about a segment."""

    name: str
    meaning: str


def headings(keys: Iterable[str]) -> dict[str, Heading]:
    """Name and meaning of the segments as last enacted, by key, in one query."""
    rows = (
        SegmentVersion.objects.filter(segment__key__in=list(keys))
        .order_by("segment__key", "-number")
        .distinct("segment__key")
        .values_list("segment__key", "name", "meaning")
    )
    return {key: Heading(name, meaning) for key, name, meaning in rows}


def segment_ids(keys: Iterable[str]) -> dict[str, int]:
    """Key -> row number of these segments, in use or not, in one query."""
    return dict(Segment.objects.filter(key__in=set(keys)).values_list("key", "pk"))


def version_labels(version_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Number and name of these versions, by id, in one query."""
    rows = SegmentVersion.objects.filter(pk__in=set(version_ids)).order_by()
    return {pk: (number, name) for pk, number, name in rows.values_list("pk", "number", "name")}


@dataclasses.dataclass(frozen=True)
class VersionHeading:
    """What a line about one version of a segment needs to say; `reads` are the attributes that its own rule reads."""

    key: str
    number: int
    name: str
    tier: str
    reads: Sequence[str]


def version_headings(version_ids: Iterable[int]) -> dict[int, VersionHeading]:
    """What to say of these versions, by id, in one query."""
    rows = SegmentVersion.objects.filter(pk__in=set(version_ids)).order_by()
    facts = rows.values_list("pk", "segment__key", "number", "name", "tier", "attribute_keys")
    return {pk: VersionHeading(key, number, name, tier, reads) for pk, key, number, name, tier, reads in facts}


def version_trees(version_ids: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    """The own rules of these versions as they are stored, by id, in one query."""
    rows = SegmentVersion.objects.filter(pk__in=set(version_ids)).order_by()
    return dict(rows.values_list("pk", "rule"))


def segment_versions(key: str) -> QuerySet[SegmentVersion]:
    """All versions of a segment, newest first, with their enactments; raises `SegmentUnknown`."""
    segment = segment_by_key(key)
    return _versions().filter(segment=segment).prefetch_related("enactments__actor").order_by("-number")


def version(key: str, number: int) -> SegmentVersion:
    """One version of a segment; raises `SegmentUnknown` or `VersionUnknown`."""
    found = segment_versions(key).filter(number=number).first()
    if found is None:
        raise VersionUnknown(f"{key} has no version {number}.")
    return found


def path_of(key: str) -> list[str]:
    """The keys from the root of the tree down to this segment; raises `SegmentUnknown`."""
    segment = segment_by_key(key)
    return [found.key for found in Segment.objects.ancestors(segment, include_self=True)]


def lineage(segment: Segment) -> list[SegmentVersion]:
    """The versions in force from the root down to the segment's parent; retired ancestors show their last version."""
    above = Segment.objects.ancestors(segment)
    ordered = [found.pk for found in above]
    newest = _versions().filter(segment_id__in=ordered).order_by("segment_id", "-number").distinct("segment_id")
    by_segment = {found.segment_id: found for found in newest}
    return [by_segment[pk] for pk in ordered if pk in by_segment]


def children_of(segment: Segment) -> QuerySet[SegmentVersion]:
    """The versions in force of the segments directly below, by name."""
    return _versions().filter(segment__parent=segment, state=VersionState.ACTIVE).order_by("name")


def references_to(key: str) -> QuerySet[SegmentVersion]:
    """The versions in force whose own rule refers to this segment."""
    return _versions().filter(state=VersionState.ACTIVE, segment_keys__contains=[key]).order_by("name")
