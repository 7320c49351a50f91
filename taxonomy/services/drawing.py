"""Writes the lines of the crosswalk, with the decisions that they belong to."""

from datetime import datetime

from taxonomy.models import Correspondence, SegmentVersion


def draw_line(
    operation: str,
    request_ref: str,
    at: datetime,
    *,
    old: SegmentVersion,
    new: SegmentVersion | None,
    is_whole: bool,
    note: str = "",
) -> None:
    """Afterwards the crosswalk says where the old version goes on; part of the caller's transaction.

    Refuses: nothing.
    Announces: nothing; the enactment does.
    """
    Correspondence.objects.create(
        operation=str(operation),
        request_ref=request_ref,
        old=old.segment,
        old_version=old.number,
        new=new.segment if new else None,
        new_version=new.number if new else None,
        is_whole=is_whole,
        note=note,
        at=at,
    )
