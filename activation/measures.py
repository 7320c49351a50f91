"""How large a movement of members is, from counts."""


def moved_percent(entered: int, left: int, size: int) -> float | None:
    """Customers who entered or left, in percent of the members before; `size` is the size afterwards.

    None where nobody was a member before: a first computation moves nobody.
    """
    before = size - entered + left
    return 100 * (entered + left) / before if before > 0 else None


def is_large(entered: int, left: int, size: int, *, percent: float, least: int) -> bool:
    """Whether at least `percent` of the members before, and at least `least` customers, entered or left."""
    share = moved_percent(entered, left, size)
    return share is not None and share >= percent and entered + left >= least
