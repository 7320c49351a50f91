"""The crosswalk keeps totals: every member of a day is counted once in the new taxonomy, or stated as a remainder."""

from collections.abc import Mapping
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from memberships.selectors.restated import placed_members
from taxonomy.selectors.crosswalk import Line

AT = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = ("a", "b", "c", "d")


def line(old: str, new: str, ref: str = "1", *, is_whole: bool = False, operation: str = "split") -> Line:
    return Line(operation, ref, old, 1, new, 1, is_whole, "", AT)


def sizes(placed: Mapping[str, BitMap]) -> dict[str, int]:
    return {key: len(found) for key, found in placed.items()}


def test_rename__only__is_identity() -> None:
    renamed = [line("a", "a", str(number), is_whole=True, operation="rename") for number in range(3)]
    assert sizes(placed_members("a", BitMap(range(9)), renamed, {})) == {"a": 9}


def test_split__each_member_once__and_the_rest_is_stated() -> None:
    after = {"b": BitMap([1, 2, 3]), "c": BitMap([3, 4])}
    placed = placed_members("a", BitMap(range(1, 7)), [line("a", "b"), line("a", "c")], after)
    assert sizes(placed) == {"b": 3, "c": 1, "": 2}


def test_merge__whole__carries_everybody_on() -> None:
    lines = [line("a", "d", is_whole=True, operation="merge"), line("b", "d", is_whole=True, operation="merge")]
    assert sizes(placed_members("a", BitMap(range(5)), lines, {})) == {"d": 5}


def test_retire__without_a_successor__is_all_remainder() -> None:
    assert sizes(placed_members("a", BitMap(range(5)), [line("a", "", operation="retire")], {})) == {"": 5}


def test_split_then_merge__goes_along_both() -> None:
    lines = [line("a", "b"), line("a", "c"), line("b", "d", "2", is_whole=True)]
    after = {"b": BitMap([1]), "c": BitMap([2]), "d": BitMap([1])}
    assert sizes(placed_members("a", BitMap([1, 2]), lines, after)) == {"c": 1, "d": 1}


BITMAPS = st.sets(st.integers(0, 30)).map(BitMap)
LINES = st.lists(
    st.builds(
        line, st.sampled_from(KEYS), st.sampled_from((*KEYS, "")), st.sampled_from("123"), is_whole=st.booleans()
    ),
    max_size=8,
)


@settings(max_examples=80, deadline=None)
@given(members=BITMAPS, lines=LINES, after=st.dictionaries(st.sampled_from(KEYS), BITMAPS))
def test_any_lines__totals_are_equal(members: BitMap, lines: list[Line], after: dict[str, BitMap]) -> None:
    placed = placed_members("a", members, lines, after)
    assert BitMap().union(*placed.values()) == members
    assert sum(map(len, placed.values())) == len(members)
