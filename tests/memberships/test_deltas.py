"""Changes by number, alone or in packs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pyroaring import BitMap

from memberships import bitmaps
from memberships.rows.packs import BrokenPack, DeltaRecord, Pack, digest_of, packed

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(number: int, entered: tuple[int, ...] = (), left: tuple[int, ...] = (), **given: Any) -> DeltaRecord:
    """One change of segment 7 with made-up facts."""
    facts: dict[str, Any] = {
        "segment_id": 7,
        "run_id": 3,
        "version_id": 11,
        "previous_version_id": 11,
        "size": 50,
        "cause": "data",
        "published_at": AT + timedelta(seconds=number, microseconds=number),
    }
    return DeltaRecord(
        number=number,
        entered_count=len(entered),
        left_count=len(left),
        entered_bytes=bitmaps.to_bytes(BitMap(entered)),
        left_bytes=bitmaps.to_bytes(BitMap(left)),
        **facts | given,
    )


RECORDS = [
    record(1, (1, 2, 70_000), cause="first", previous_version_id=None),
    record(4, (), (2,), run_id=5),
    record(9, tuple(range(5000)), (70_000,), run_id=6, version_id=12, cause="rule"),
    record(10),
]


def test_packed__several_changes__come_back_exactly() -> None:
    pack = Pack(packed(RECORDS))
    assert pack.records() == RECORDS
    assert [head.number for head in pack.heads()] == [1, 4, 9, 10]
    assert [set(each.entered) for each in pack.records()] == [{1, 2, 70_000}, set(), set(range(5000)), set()]
    assert (set(pack.entered), set(pack.left)) == ({*range(5000), 70_000}, {2, 70_000})


def test_packed__any_fact_differs__has_another_digest() -> None:
    digest = digest_of(RECORDS)
    others = [
        [record(1, (1, 2, 70_001), cause="first", previous_version_id=None), *RECORDS[1:]],
        [*RECORDS[:1], record(4, (), (2,), run_id=6), *RECORDS[2:]],
        RECORDS[:3],
    ]
    assert digest_of(Pack(packed(RECORDS)).records()) == digest
    assert all(digest_of(other) != digest for other in others)


@pytest.mark.parametrize("harm", [lambda raw: raw[:-1], lambda raw: b"X" + raw[1:], lambda raw: raw[:25] + b"\0" * 200])
def test_pack__bytes_are_harmed__is_refused(harm: Any) -> None:
    with pytest.raises(BrokenPack):
        Pack(harm(packed(RECORDS))).records()
