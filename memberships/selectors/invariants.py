"""What must always be true of memberships, checked on the live database."""

from collections.abc import Iterator, Sequence

from django.db.models import F
from pyroaring import BitMap

from memberships import bitmaps
from memberships.models import Current, Delta, DeltaPack, Snapshot
from memberships.rows.packs import BrokenPack, DeltaRecord, Pack, digest_of, sums_up
from memberships.selectors.deltas import deltas_between


def breaches() -> list[str]:
    """Sentences that name what is wrong: packs read as what they were made of, the changes of each segment, folded from
    nothing, give every snapshot on the way and the members now, nobody enters who is in or leaves who is out, and the
    stated sizes are those of the members."""
    known = Snapshot.objects.order_by("segment_id").values_list("segment_id", "segment__key").distinct()
    return [sentence for segment_id, key in known for sentence in _of_segment(segment_id, key)]


def _of_segment(segment_id: int, key: str) -> Iterator[str]:
    broken = list(_of_packs(segment_id, key))
    yield from broken
    if broken:
        return
    records = list(deltas_between([segment_id]))
    yield from _of_changes(records, key)
    yield from _of_states(segment_id, records, key)


def _of_packs(segment_id: int, key: str) -> Iterator[str]:
    """Packs hold what their rows say, one after the other, before all changes that stand alone."""
    before = 0
    for row in DeltaPack.objects.filter(segment_id=segment_id).order_by("first_delta").iterator(chunk_size=20):
        name = f"The pack of {key} with the changes {row.first_delta} to {row.last_delta}"
        try:
            records = Pack(bytes(row.content)).records()
        except BrokenPack as error:
            yield f"{name} cannot be opened: {error}"
            continue
        if digest_of(records) != row.digest or not sums_up(Pack(bytes(row.content)), records):
            yield f"{name} is not what was packed."
        elif _facts(records) != (row.first_delta, row.last_delta, row.count, row.entered_count, row.left_count):
            yield f"{name} says something else about itself than it holds."
        if row.first_delta <= before:
            yield f"{name} overlaps the one before it."
        before = row.last_delta
    if Delta.objects.filter(segment_id=segment_id, pk__lte=before).exists():
        yield f"Changes of {key} stand both in a pack and alone."


def _facts(records: Sequence[DeltaRecord]) -> tuple[int, int, int, int, int]:
    entered = sum(record.entered_count for record in records)
    return records[0].number, records[-1].number, len(records), entered, sum(record.left_count for record in records)


def _of_changes(records: Sequence[DeltaRecord], key: str) -> Iterator[str]:
    """Each change moves only those who can move, states their number, and comes no earlier than the one before."""
    folded = BitMap()
    for place, record in enumerate(records):
        entered, left = record.entered, record.left
        if entered & folded or left - folded:
            yield f"Run {record.run_id} let customers enter or leave {key} twice."
        if (len(entered), len(left)) != (record.entered_count, record.left_count):
            yield f"Run {record.run_id} says that more or fewer moved in {key} than did."
        if place and record.published_at < records[place - 1].published_at:
            yield f"Change {record.number} of {key} is dated before the change it follows."
        folded = (folded | entered) - left
        is_last = place + 1 == len(records) or records[place + 1].run_id != record.run_id
        if is_last and record.size != len(folded):
            yield f"Run {record.run_id} says {record.size} members of {key}, and its changes give {len(folded)}."


def _of_states(segment_id: int, records: Sequence[DeltaRecord], key: str) -> Iterator[str]:
    """Every snapshot, and the members now, are what the changes give."""
    folded, place = BitMap(), 0
    snapshots = Snapshot.objects.filter(segment_id=segment_id).order_by("through", "pk")
    for snapshot in snapshots.iterator(chunk_size=20):
        while place < len(records) and records[place].number <= snapshot.through:
            folded = (folded | records[place].entered) - records[place].left
            place += 1
        raw = bytes(snapshot.members)
        if bitmaps.from_bytes(raw) != folded:
            yield f"The changes of {key} do not add up to its members as of run {snapshot.run_id}."
        if bitmaps.digest_of_bytes(raw) != snapshot.digest or snapshot.size != len(bitmaps.from_bytes(raw)):
            yield f"The members of {key} as of run {snapshot.run_id} are not those that were published."
    for record in records[place:]:
        folded = (folded | record.entered) - record.left
    yield from _of_current(segment_id, records, folded, key)


def _of_current(segment_id: int, records: Sequence[DeltaRecord], folded: BitMap, key: str) -> Iterator[str]:
    current = Current.objects.filter(segment_id=segment_id, snapshot__isnull=False)
    row = current.annotate(whole=F("snapshot__through"), owner=F("snapshot__segment_id")).first()
    if row is None:
        if folded:
            yield f"{key} has no current members, and its changes leave {len(folded)} in."
        return
    if row.owner != segment_id or row.through < row.whole or not records or row.through != records[-1].number:
        yield f"{key} does not stand at its newest change."
    if len(folded) != row.size:
        yield f"{key} says {row.size} members and has {len(folded)}."
