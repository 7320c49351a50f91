"""What is wrong with the names of segments and objectives beside those that are there."""

from collections.abc import Iterable
from typing import Any

from common.naming import NameFault, NameKind, faults_of_name
from taxonomy.choices import EnactmentKind, VersionState
from taxonomy.models import Objective, Segment, SegmentVersion


def faults_of_segment_name(key: str, name: str) -> list[NameFault]:
    """What is wrong with the name; nothing is for the name that the segment has already."""
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE).order_by("name")
    return _beside("segment", key, name, rows.values_list("segment__key", "name"))


def faults_of_segment_key(key: str, kind: str) -> list[NameFault]:
    """What is wrong with the key of a new segment; existing keys stay as they are."""
    if kind != EnactmentKind.CREATE or not isinstance(key, str):
        return []
    others = Segment.objects.exclude(key=key).order_by("key").values_list("key", flat=True)
    return faults_of_name(key, kind="segment key", others=others)


def faults_of_objective(key: str, name: Any) -> tuple[list[NameFault], list[NameFault]]:
    """(about the key, about the name); nothing is wrong with a key or a name that the objective has already."""
    rows = list(Objective.objects.order_by("name").values_list("key", "name"))
    about_name = _beside("objective", key, name, rows) if isinstance(name, str) and name else []
    if key in dict(rows):
        return [], about_name
    return faults_of_name(key, kind="objective key", others=[other for other, _ in rows]), about_name


def _beside(kind: NameKind, key: str, name: str, rows: Iterable[tuple[str, str]]) -> list[NameFault]:
    known = dict(rows)
    if known.pop(key, None) == name:
        return []
    return faults_of_name(name, kind=kind, others=known.values())
