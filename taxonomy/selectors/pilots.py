"""Segments that are tried out before they are in full use: how far they reach, and what may rest on them."""

from collections.abc import Collection
from typing import Any

from taxonomy.choices import Pilot, SegmentStatus, VersionState
from taxonomy.models import Segment, SegmentVersion


def is_pilot(key: str) -> bool:
    """Whether the segment is being tried out."""
    return Segment.objects.filter(key=key, status=SegmentStatus.PILOT).exists()


def closed_pilots() -> frozenset[str]:
    """The keys of the pilots whose members no other program gets."""
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE, pilot=Pilot.CLOSED)
    return frozenset(rows.values_list("segment__key", flat=True))


def checked_pilot(given: Any, key: str, findings: list[dict[str, Any]]) -> str:
    """How far the pilot reaches, empty for full use; faults go to `findings`."""
    if given in (None, "", False):
        return ""
    if not isinstance(given, str) or given not in Pilot.values:
        detail = f"Choose how far the pilot reaches: {', '.join(Pilot.values)}; or leave it out for full use."
        findings.append(_fault("unknown_pilot", detail, "/pilot"))
        return ""
    if Segment.objects.filter(key=key).exclude(status__in=(SegmentStatus.PROPOSED, SegmentStatus.PILOT)).exists():
        detail = f"{key} is in full use. Only a new segment begins as a pilot; try a change of it in the shadow."
        findings.append(_fault("in_full_use", detail, "/pilot"))
        return ""
    return given


def faults_of_resting(key: str, pilot: str, parent: Any, references: Collection[str]) -> list[dict[str, Any]]:
    """What is wrong with what the segment rests on: nothing in full use rests on what is only tried out."""
    if pilot:
        return []
    named = {parent: "/parent"} if isinstance(parent, str) else {}
    named = {**dict.fromkeys(references, "/rule"), **named}
    tried = Segment.objects.filter(key__in=named, status=SegmentStatus.PILOT).exclude(key=key)
    return [
        _fault(
            "pilot_segment",
            f"{other} is a pilot: what rests on it is one too, until {other} is taken into full use.",
            named[other],
        )
        for other in sorted(tried.values_list("key", flat=True))
    ]


def _fault(code: str, detail: str, pointer: str) -> dict[str, Any]:
    return {"code": code, "detail": detail, "pointer": pointer}
