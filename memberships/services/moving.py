"""Who came and who went, split by cause, as rows that have yet to be written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from memberships import bitmaps
from memberships.choices import Cause
from memberships.models import Delta, Run


@dataclass(frozen=True)
class Move:
    """One segment's way from one membership to the next: `size` is that of before."""

    segment_id: int
    version_id: int
    previous_version_id: int | None
    change: bitmaps.Change
    size: int


def by_cause(
    change: bitmaps.Change, causes: Mapping[str, BitMap], otherwise: Cause
) -> Iterator[tuple[Cause, bitmaps.Change]]:
    """The parts of a change, each with its cause; whoever stands under none came or went by `otherwise`.

    The parts share nobody, and together they are the change.
    """
    rest = change
    for name in sorted(causes):
        part = bitmaps.Change(rest.entered & causes[name], rest.left & causes[name])
        if not part.is_empty:
            yield Cause(name), part
            rest = bitmaps.Change(rest.entered - part.entered, rest.left - part.left)
    if not rest.is_empty:
        yield otherwise, rest


def deltas(run: Run, at: datetime, move: Move, causes: Mapping[str, BitMap], otherwise: Cause) -> list[Delta]:
    """A row for each cause, in the order in which they are to be numbered; one, if empty, where nobody moved."""
    parts = list(by_cause(move.change, causes, otherwise)) or [(otherwise, move.change)]
    found, size, previous = [], move.size, move.previous_version_id
    for cause, part in parts:
        size += len(part.entered) - len(part.left)
        found.append(
            Delta(
                run=run,
                segment_id=move.segment_id,
                version_id=move.version_id,
                previous_version_id=previous,
                entered=bitmaps.to_bytes(part.entered),
                left=bitmaps.to_bytes(part.left),
                entered_count=len(part.entered),
                left_count=len(part.left),
                size=size,
                cause=cause,
                published_at=at,
            )
        )
        previous = move.version_id
    return found
