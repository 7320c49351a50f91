"""No small count follows from what is shown, neither within a report nor by subtracting one from another."""

from hypothesis import given, settings
from hypothesis import strategies as st

from memberships.measures.suppression import K, hidden_cells, is_small, safe_groups, told_moves

COUNTS = st.one_of(st.integers(0, 12), st.integers(0, 5000))


@settings(max_examples=300, deadline=None)
@given(st.lists(COUNTS, min_size=1, max_size=8))
def test_hidden_cells__known_sum__leaves_no_small_count_to_subtraction(cells: list[int]) -> None:
    hidden = hidden_cells(cells)
    assert all(position in hidden for position, count in enumerate(cells) if is_small(count))
    remainder = sum(cells[position] for position in hidden)
    others = [count for position, count in enumerate(cells) if position not in hidden and count]
    if hidden and others:
        assert remainder >= K, "what is left after subtraction is a small count"
        assert len(hidden) > 1, "a single hidden cell is the rest of the sum"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=6))
def test_safe_groups__two_versions__differences_show_nobody(rows: list[tuple[int, int, int, int]]) -> None:
    """Rows are (stay, came, went, outside) of each group: before = stay + went, after = stay + came."""
    names = [f"g{position}" for position in range(len(rows))]
    tables = [dict(zip(names, (row[part] for row in rows), strict=True)) for part in range(4)]
    before = {name: row[0] + row[2] for name, row in zip(names, rows, strict=True)}
    after = {name: row[0] + row[1] for name, row in zip(names, rows, strict=True)}
    everything = [*tables, before, after]
    shown = safe_groups(everything)
    for table in everything:
        assert not any(is_small(table[name]) for name in shown)
        rest = [table[name] for name in names if name not in shown]
        if rest and shown:
            assert len(rest) > 1
            assert not is_small(sum(rest)), "all groups but the shown ones together are a small count"


@settings(max_examples=300, deadline=None)
@given(COUNTS, COUNTS, COUNTS)
def test_told_moves__sizes_known__every_small_count_stays_possible(entering: int, leaving: int, staying: int) -> None:
    """Whoever knows the sizes before and after, and reads what is told, can not tell the small counts apart more than
    the sizes alone let them."""
    told = told_moves(entering, leaving, staying)
    for other in range(1, K):
        for value, make in ((leaving, "leaving"), (entering, "entering")):
            if not is_small(value):
                continue
            shift = other - value
            alternative = (entering + shift, leaving + shift, staying - shift)
            if min(alternative) >= 0 and not _differs_in_kind((entering, leaving, staying), alternative):
                assert told_moves(*alternative) == told, f"{make} can be told from what is shown"


def _differs_in_kind(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Whether the two differ in which counts are small or none: that much is said in words on purpose."""
    return [is_small(a) for a in one] != [is_small(b) for b in other] or [not a for a in one] != [not b for b in other]


def test_told_moves__nothing_small__exact() -> None:
    assert told_moves(10, 0, 30) == (10, 0, 30, True)


def test_told_moves__few_leave__told_from_the_sizes_alone() -> None:
    assert told_moves(100, 4, 44) == (96, None, 48, False)
