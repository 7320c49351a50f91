"""Customers that do not exist: B2B accounts with forty typed attributes, five percent missing in half of them."""

import numpy as np
import polars as pl

from customers.rows.synthetic import (
    CHOICES,
    DATES,
    FLAGS,
    MOMENT,
    NUMBERS,
    SETS,
    attribute_columns,
    attribute_kinds,
    external_ids,
)

SEED = 20261122
__all__ = ["CHOICES", "DATES", "FLAGS", "MOMENT", "NUMBERS", "SEED", "SETS", "attribute_kinds", "frame"]


def frame(customers: int) -> pl.DataFrame:
    """The customers as a profile build has them: row i is ordinal i."""
    draw = np.random.default_rng(SEED)
    own = {
        "ordinal": pl.Series(np.arange(customers, dtype=np.uint32)),
        "alive": pl.Series(np.ones(customers, dtype=bool)),
        "external_id": external_ids(customers),
    }
    return pl.DataFrame(own | dict(attribute_columns(draw, customers)))
