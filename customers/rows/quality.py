"""Figures of one column of a profile build: how many have a value, how many different ones, which range or which most
often.
"""

from typing import Any, Final

import polars as pl

_TOP: Final = 8
_SHOWN: Final = 80


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def column_quality(kind: str, column: pl.Series, total: int) -> dict[str, Any]:
    """`filled` of `total`, `rate` from 0 to 1, `distinct`; `low` and `high` of what has an order, `top` of what does
    not.
    """
    present = column.drop_nulls()
    filled = len(present)
    figures: dict[str, Any] = {"filled": filled, "total": total, "rate": round(filled / total, 6) if total else 0.0}
    if kind == "set":
        present = present.explode(empty_as_null=False).drop_nulls()
    figures["distinct"] = present.n_unique() if len(present) else 0
    if kind in ("number", "date", "timestamp"):
        return figures | {"low": _plain(present.min()), "high": _plain(present.max())}
    name = present.name or "value"
    counted = present.rename(name).value_counts(name="times").sort(["times", name], descending=[True, False]).head(_TOP)
    return figures | {"top": [[_plain(value), times] for value, times in counted.iter_rows()]}
