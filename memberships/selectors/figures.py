"""One number about the members of a segment: what predictions are measured by."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from memberships.errors import NotComputed
from memberships.selectors.builds import readable_build
from memberships.selectors.reading import current_positions, members_at


@dataclass(frozen=True)
class MemberFigure:
    """The mean and total of a number over the members for whom it is known, on one build; `known` counts those."""

    mean: float | None
    total: float
    known: int
    members: int
    as_of: datetime
    build_number: int


def member_figure(*, segment_key: str, attribute: str) -> MemberFigure:
    """The figure of the attribute over the segment's members now. Raises NotComputed where there is none to give."""
    position = current_positions([segment_key]).get(segment_key)
    if position is None:
        raise NotComputed("The members of this segment have not been computed.")
    build = readable_build()
    if attribute not in build.frame.collect_schema().names():
        raise NotComputed(f"The profile build holds no attribute {attribute}.")
    members = members_at([position])[position.segment_id]
    inside = pl.DataFrame({"ordinal": pl.Series(members.to_array(), dtype=pl.UInt32)}).lazy()
    column = pl.col(attribute).cast(pl.Float64, strict=False).fill_nan(None)
    row = (
        build.frame.select(pl.col("ordinal").cast(pl.UInt32), column.alias("value"))
        .join(inside, on="ordinal", how="semi")
        .select(mean=pl.col("value").mean(), total=pl.col("value").sum(), known=pl.col("value").count())
        .collect()
        .row(0, named=True)
    )
    return MemberFigure(row["mean"], row["total"] or 0.0, row["known"], len(members), build.as_of, build.number)
