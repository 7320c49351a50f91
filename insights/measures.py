"""Measures of a segment's membership, from counts."""


def churn(entered: int, left: int, size: int) -> float | None:
    """Share of the membership that moved in a period: (entered + left) / (size before).

    `size` is the size afterwards; None where there were no members before.
    """
    before = size - entered + left
    return (entered + left) / before if before > 0 else None


def share(size: int, whole: int) -> float | None:
    """Part of the whole, None when the whole is empty."""
    return size / whole if whole > 0 else None


def per_thousand(count: int, members: int | None) -> float | None:
    """How many of something for each 1,000 members; None without members."""
    return 1000 * count / members if members else None
