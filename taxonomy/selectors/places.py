"""Where a segment may stand: parents, tiers and references that do not turn in a circle."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any

from taxonomy.choices import TIER_DEPTHS, SegmentStatus, VersionState
from taxonomy.models import Segment, SegmentVersion
from taxonomy.rules.checking import closest
from taxonomy.rules.scanning import place_of_segment
from taxonomy.selectors.effective import Standing, circle_through, standings


def faults_of_place(key: str, tier: str | None, parent_key: Any) -> list[dict[str, Any]]:
    """What is wrong with hanging the segment below this parent in this tier; empty when nothing is."""
    faults = _faults_of_parent(key, tier, parent_key) if parent_key is not None else []
    if tier is not None:
        faults += _faults_of_children(key, tier)
    return faults


def _faults_of_parent(key: str, tier: str | None, parent_key: Any) -> list[dict[str, Any]]:
    parent = Segment.objects.filter(key=parent_key).first() if isinstance(parent_key, str) else None
    if parent is None:
        return [_fault("unknown_parent", f"There is no segment with the key {parent_key}.", "/parent")]
    if parent.status == SegmentStatus.RETIRED:
        return [_fault("parent_retired", f"{parent_key} was retired; choose a parent that is in use.", "/parent")]
    if parent.status == SegmentStatus.DEPRECATED and not Segment.objects.filter(key=key, parent=parent).exists():
        return [_deprecated(parent_key, "/parent")]
    if key in {above.key for above in Segment.objects.ancestors(parent, include_self=True)}:
        return [_fault("parent_circle", f"{parent_key} is {key} itself or stands below it.", "/parent")]
    live = SegmentVersion.objects.get(segment=parent, state=VersionState.ACTIVE)
    if tier is not None and TIER_DEPTHS[tier] <= TIER_DEPTHS[live.tier]:
        detail = f"{parent_key} is a {live.get_tier_display().lower()}; what stands below it must be of a deeper tier."
        return [_fault("tier_order", detail, "/tier")]
    return []


def _faults_of_children(key: str, tier: str) -> list[dict[str, Any]]:
    children = SegmentVersion.objects.filter(segment__parent__key=key, state=VersionState.ACTIVE).select_related(
        "segment"
    )
    wrong = sorted(child.segment.key for child in children if TIER_DEPTHS[child.tier] <= TIER_DEPTHS[tier])
    if not wrong:
        return []
    detail = f"These stand below {key} and must be of a deeper tier than it: {', '.join(wrong)}."
    return [_fault("tier_order", detail, "/tier")]


def faults_of_references(
    key: str, parent_key: Any, references: Collection[str], written: object = None
) -> list[dict[str, Any]]:
    """What is wrong with the segments that the rule refers to; empty when nothing is.

    Where the rule came as a text (`written`) the faults say where in it.
    """
    standing = standings()
    unknown = sorted(set(references) - set(standing) - {key})
    if unknown:
        return [_unknown_segment(name, sorted(standing), written) for name in unknown]
    fresh = set(references) - set(standing[key].references if key in standing else ())
    fading = Segment.objects.filter(key__in=fresh, status=SegmentStatus.DEPRECATED).values_list("key", flat=True)
    if fading:
        return [_deprecated(name, "/rule") for name in sorted(fading)]
    parent = parent_key if isinstance(parent_key, str) else None
    standing[key] = Standing(parent, tuple(sorted(references)))
    circle = circle_through(key, standing)
    # A circle over parents alone was found when the place was looked at.
    if not circle or all(standing[low].parent == high for low, high in pairwise(circle)):
        return []
    pointer = "/parent" if circle[1] == parent else "/rule"
    return [_fault("reference_circle", f"The rule would come back to itself: {' → '.join(circle)}.", pointer)]


def _unknown_segment(name: str, known: Sequence[str], written: object) -> dict[str, Any]:
    close = closest(name, known)
    meant = f" Did you mean '{close}'?" if close else ""
    fault = _fault(
        "unknown_segment", f"IN_SEGMENT('{name}'): there is no segment in use with this key.{meant}", "/rule"
    )
    place = place_of_segment(written, name) if isinstance(written, str) else None
    return {**fault, "position": {"line": place.line, "column": place.column}} if place else fault


def _deprecated(key: str, pointer: str) -> dict[str, Any]:
    successor = Segment.objects.filter(key=key).values_list("successor__key", flat=True).first()
    detail = f"{key} is deprecated: nothing new may rest on it. Use {successor} instead."
    return _fault("deprecated_segment", detail, pointer)


def _fault(code: str, detail: str, pointer: str) -> dict[str, Any]:
    return {"code": code, "detail": detail, "pointer": pointer}
