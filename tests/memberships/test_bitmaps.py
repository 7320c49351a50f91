"""Packed bits to bitmaps, their bytes and their differences."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from memberships import bitmaps

SETS = st.sets(st.integers(0, 200_000), max_size=300).map(BitMap)


@pytest.mark.parametrize("rows", [1, 7, 8, 65_535, 65_536, 65_537, 200_001])
@pytest.mark.parametrize("density", [0.0, 0.0005, 0.04, 0.07, 0.5, 1.0])
def test_from_frame__any_size_and_density__equals_the_ids(rows: int, density: float) -> None:
    mask = np.random.default_rng(rows).random(rows) < density
    found = bitmaps.from_frame(pl.DataFrame({"a": mask, "b": ~mask}), base_key=3)
    assert found["a"] == BitMap((np.flatnonzero(mask) + 3 * bitmaps.CHUNK).tolist())
    assert found["b"] == BitMap((np.flatnonzero(~mask) + 3 * bitmaps.CHUNK).tolist())


def test_from_frame__column_that_begins_inside_a_byte__keeps_its_rows() -> None:
    mask = np.random.default_rng(5).random(100_000) < 0.3
    found = bitmaps.from_frame(pl.DataFrame({"a": mask}).slice(13, 70_001))
    assert found["a"] == BitMap(np.flatnonzero(mask[13:70_014]).tolist())


def test_from_frame__no_rows__is_nobody() -> None:
    assert bitmaps.from_frame(pl.DataFrame({"a": []}, schema={"a": pl.Boolean})) == {"a": BitMap()}


@given(SETS)
@settings(max_examples=60, deadline=None)
def test_to_bytes__same_members_made_in_different_ways__same_bytes(members: BitMap) -> None:
    one_by_one = BitMap()
    for ordinal in sorted(members, reverse=True):
        one_by_one.add(ordinal)
    detour = (members | BitMap(range(70_000))) - (BitMap(range(70_000)) - members)
    assert bitmaps.to_bytes(members) == bitmaps.to_bytes(one_by_one) == bitmaps.to_bytes(detour)
    assert bitmaps.from_bytes(bitmaps.to_bytes(members)) == members
    assert bitmaps.digest(members) == bitmaps.digest(detour)


@given(st.lists(SETS, max_size=6))
@settings(max_examples=60, deadline=None)
def test_folded__changes_between_any_memberships__give_the_last_one(states: list[BitMap]) -> None:
    before = [BitMap(), *states]
    changes = [bitmaps.entered_left(old, new) for old, new in zip(before, states, strict=False)]
    assert bitmaps.folded(changes) == (states[-1] if states else BitMap())
    assert not any(change.entered & change.left for change in changes)


@pytest.mark.parametrize(
    ("after", "limit", "expected"),
    [(-1, 2, [0, 5]), (0, 2, [5, 9]), (4, 9, [5, 9]), (5, 1, [9]), (9, 3, []), (100, 3, [])],
)
def test_ordinals_after__walk__gives_the_next_ones(after: int, limit: int, expected: list[int]) -> None:
    assert bitmaps.ordinals_after(BitMap([0, 5, 9]), after, limit) == expected


def test_digest_of_all__order_of_the_names__does_not_matter() -> None:
    assert bitmaps.digest_of_all({"a": "1", "b": "2"}) == bitmaps.digest_of_all({"b": "2", "a": "1"})
    assert bitmaps.digest_of_all({"a": "1", "b": "2"}) != bitmaps.digest_of_all({"a": "2", "b": "1"})
