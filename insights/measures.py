"""Measures of a segment's membership, from counts."""


def churn(entered: int, left: int, size: int) -> float | None:
    """Share of the membership that moved in one publication: (entered + left) / (size before).

    `size` is the size afterwards; None where there were no members before.
    """
    before = size - entered + left
    return (entered + left) / before if before > 0 else None


def share(size: int, whole: int) -> float | None:
    """Part of the whole, None when the whole is empty."""
    return size / whole if whole > 0 else None
