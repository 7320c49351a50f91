"""Events of customers that do not exist: a few do most, most do little, and lately more than long ago."""

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from customers.rows.synthetic import PREFIX, ranks

NAMES = (
    "Signed in",
    "Opened report",
    "Called API",
    "Created project",
    "Exported data",
    "Invited colleague",
    "Viewed pricing",
    "Raised ticket",
    "Upgraded version",
    "Renewed contract",
)
FEATURES = ("reports", "api", "projects", "exports", "billing", "audit")
DAYS = 180
_MEAN_DAYS = 45.0


def events(count: int, *, of: int, seed: int, skew: float, until: datetime) -> pl.DataFrame:
    """`count` events of `of` customers before `until`, by time: `type`, `message_id`, `user_id`, `event`, `timestamp`
    and the properties `feature`, `amount` and `synthetic_data`; the same for the same arguments.
    """
    draw = np.random.default_rng([seed, 1])
    whose = draw.permutation(of)[_bounded_zipf(draw, of, count, skew)]
    # Exponential, cut off at DAYS.
    ago = -_MEAN_DAYS * np.log1p(-draw.random(count) * -np.expm1(-DAYS / _MEAN_DAYS)) * 86_400_000_000
    moments = int(until.timestamp()) * 1_000_000 - ago.astype(np.int64)
    frame = pl.DataFrame(
        {
            "type": pl.repeat("track", count, eager=True),
            "user_id": whose,
            "event": pl.Series(NAMES).gather(ranks(draw, len(NAMES), count, skew)),
            "timestamp": pl.Series(moments).cast(pl.Datetime("us", "UTC")),
            "feature": pl.Series(FEATURES).gather(ranks(draw, len(FEATURES), count, skew)),
            "amount": np.round(draw.lognormal(3, 1.2, count), 2),
            "synthetic_data": pl.repeat(True, count, eager=True),
        }
    )
    return (
        frame.sort("timestamp", maintain_order=True)
        .with_row_index("message_id")
        .with_columns(
            message_id=pl.lit(f"{PREFIX}{seed}-") + pl.col("message_id").cast(pl.String),
            user_id=pl.lit(PREFIX) + pl.col("user_id").cast(pl.String).str.zfill(8),
        )
        .select("type", "message_id", "user_id", "event", "timestamp", "feature", "amount", "synthetic_data")
    )


def _bounded_zipf(draw: Any, kinds: int, count: int, skew: float) -> Any:
    """`count` ranks of 0..kinds-1 with weights of about 1/rank^skew, without a table of all ranks.

    Inverse of the distribution's continuous form on [1, kinds + 1).
    """
    even, top = draw.random(count), float(kinds + 1)
    if abs(skew - 1.0) < 1e-9:
        drawn = top**even
    else:
        drawn = ((top ** (1.0 - skew) - 1.0) * even + 1.0) ** (1.0 / (1.0 - skew))
    return np.minimum(drawn.astype(np.int64) - 1, kinds - 1)
