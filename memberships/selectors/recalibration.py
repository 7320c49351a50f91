"""A recalibration seen from both sides: size and value of each segment before and after a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
from pyroaring import BitMap

from common.errors import DomainError
from customers.selectors import scan_build, visible_attribute_keys
from memberships.models import Run
from memberships.policies import MembershipPolicy
from memberships.selectors.reading import Position, members_at, positions_at
from memberships.selectors.whatif import value_measures

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Side:
    """A segment at one moment: how many, and what they are worth in all (None where that is not known)."""

    size: int
    value: float | None


@dataclass(frozen=True)
class Recalibrated:
    """One segment before and after a run, both sides valued by the same customers' data."""

    key: str
    name: str
    before: Side | None
    after: Side
    entered: int
    left: int


@dataclass(frozen=True)
class Recalibration:
    """All segments of a run; `measure` is what the value is counted in, "" where nothing can be."""

    rows: tuple[Recalibrated, ...]
    measure: str = ""


def recalibration(viewer: Any, run: Run) -> Recalibration:
    """Before and after of every segment that the run published or confirmed.

    Values are those of the build that the run read, for both sides: so the difference is the rule's, not the data's.
    Only a value attribute that the viewer may see is added up, and only for who may see customers: the value of a small
    segment is that of somebody. Without one, or when the build has expired, sizes alone.
    """
    lines = [line for line in run.manifest.get("segments", ()) if "size" in line and line["state"] != "retired"]
    if run.ended_at is None or not lines:
        return Recalibration(())
    keys = [line["segment"] for line in lines]
    published = run.snapshots.order_by("published_at").values_list("published_at", flat=True).first()
    earlier = positions_at((published or run.ended_at) - _INSTANT, keys)
    later = positions_at(run.ended_at, keys)
    members = {side: members_at(positions.values()) for side, positions in (("b", earlier), ("a", later))}
    label, values = _values(viewer, run)
    rows = []
    for line in lines:
        key = line["segment"]
        before, after = _at(earlier, members["b"], key), _at(later, members["a"], key)
        rows.append(
            Recalibrated(
                key,
                line["name"],
                None if line.get("cause") == "first" else _side(before, line["size"] - _net(line), values),
                _side(after, line["size"], values),
                line.get("entered", 0),
                line.get("left", 0),
            )
        )
    return Recalibration(tuple(rows), label)


def _net(line: Mapping[str, Any]) -> int:
    return int(line.get("entered", 0)) - int(line.get("left", 0))


def _at(positions: Mapping[str, Position], members: Mapping[int, BitMap], key: str) -> BitMap | None:
    place = positions.get(key)
    return members[place.segment_id] if place else None


def _values(viewer: Any, run: Run) -> tuple[str, Any]:
    """The label of the usual value measure among those that the viewer sees, and its numbers by ordinal."""
    if run.build is None or not MembershipPolicy().can(viewer, "view_members"):
        return "", None
    try:
        measures: Iterable[tuple[str, str]] = value_measures(visible_attribute_keys(viewer)).items()
        frame = scan_build(run.build.pk)
        known = frame.collect_schema().names()
        for key, label in measures:
            if key in known:
                column = frame.select(pl.col(key).cast(pl.Float64).fill_null(0.0)).collect().to_series()
                return label, column.to_numpy()
    except DomainError:
        pass
    return "", None


def _side(members: BitMap | None, size: int, values: Any) -> Side:
    """A bitmap that is not of this size belongs to another moment: then the value is not known."""
    if members is None or values is None or len(members) != size:
        return Side(size, None)
    ordinals = np.asarray(members.to_array(), dtype=np.uint32)
    return Side(size, float(values[ordinals[ordinals < len(values)]].sum()))
