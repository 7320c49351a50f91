"""What must always be true of memberships, checked on the live database."""

from pyroaring import BitMap

from memberships import bitmaps
from memberships.models import Current, Delta
from memberships.selectors.reading import Position, members_at


def breaches() -> list[str]:
    """Sentences that name what is wrong: the deltas of each segment, folded from nothing, give its current members,
    nobody enters who is in or leaves who is out, and the stated size is that of the members."""
    found: list[str] = []
    for current in Current.objects.select_related("segment", "snapshot"):
        if current.snapshot is None:
            continue
        folded = BitMap()
        for delta in Delta.objects.filter(segment=current.segment).order_by("id").iterator():
            entered, left = bitmaps.from_bytes(delta.entered), bitmaps.from_bytes(delta.left)
            if entered & folded or left - folded:
                found.append(f"Run {delta.run_id} let customers enter or leave {current.segment.key} twice.")
            folded = (folded | entered) - left
        position = Position(current.segment_id, current.snapshot.pk, current.through)
        members = members_at([position])[current.segment_id]
        if folded != members:
            found.append(f"The changes of {current.segment.key} do not add up to its members.")
        if len(members) != current.size:
            found.append(f"{current.segment.key} says {current.size} members and has {len(members)}.")
    return found
