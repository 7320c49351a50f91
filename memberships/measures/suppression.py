"""Which counts of customers may stand in a report without one below k following from the others by subtraction."""

from collections.abc import Mapping, Sequence

K = 5
Told = tuple[int | None, int | None, int | None, bool]


def is_small(count: int, k: int = K) -> bool:
    """Whether so few could be recognised. Nobody is not few: a zero points at no person."""
    return 0 < count < k


def hidden_cells(cells: Sequence[int], k: int = K) -> frozenset[int]:
    """Positions to hide of counts whose sum is known: the small ones, and so many of the next smallest that what is
    left after subtracting the shown ones is no small count and belongs to no single cell.
    """
    hidden = {position for position, count in enumerate(cells) if is_small(count, k)}
    if not hidden:
        return frozenset()
    others = sorted((count, position) for position, count in enumerate(cells) if position not in hidden and count)
    for _, position in others:
        if len(hidden) > 1 and sum(cells[each] for each in hidden) >= k:
            break
        hidden.add(position)
    return frozenset(hidden)


def safe_groups(tables: Sequence[Mapping[str, int]], k: int = K) -> frozenset[str]:
    """The groups whose counts may be shown in every one of several tables over the same groups, all with known sums.

    `tables` hold also what can be had by subtracting one shown table from another (who came, who went, who is outside),
    so a group is shown only where no such difference is small, and what remains of every table is none or at least k
    customers of at least two groups.
    """
    names = sorted({name for table in tables for name in table})
    hidden = {name for name in names if any(is_small(table.get(name, 0), k) for table in tables)}
    rising = sorted((sum(table.get(name, 0) for table in tables), name) for name in names if name not in hidden)
    for _, name in rising:
        if not hidden or (len(hidden) > 1 and not any(_tells(table, hidden, k) for table in tables)):
            break
        hidden.add(name)
    return frozenset(names) - hidden


def _tells(table: Mapping[str, int], hidden: set[str], k: int) -> bool:
    """Whether what is left of a table's sum is a small count."""
    return is_small(sum(table.get(name, 0) for name in hidden), k)


def told_moves(
    entering: int, leaving: int, staying: int, k: int = K
) -> tuple[int | None, int | None, int | None, bool]:
    """(entering, leaving, staying, whether they are exact) as they may be told beside the sizes before and after.

    None stands for a small count. Where one is small, the others are replaced by what the public sizes tell anyhow, so
    that no subtraction gives the small one.
    """
    small = [is_small(count, k) for count in (entering, leaving, staying)]
    if not any(small):
        return entering, leaving, staying, True
    before, after = staying + leaving, staying + entering
    told_entering = None if small[0] else _near(after if small[2] else entering - leaving if small[1] else entering, k)
    told_leaving = None if small[1] else _near(before if small[2] else leaving - entering if small[0] else leaving, k)
    told_staying = None if small[2] else max(before if small[1] else 0, after if small[0] else 0)
    return told_entering if entering else 0, told_leaving if leaving else 0, told_staying if staying else 0, False


def _near(count: int, k: int) -> int:
    return max(count, k)
