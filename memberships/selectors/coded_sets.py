"""A column of sets as numbers: customers share few different sets, so each is looked through once and not per row."""

from dataclasses import dataclass

import polars as pl

_SAMPLE = 100_000
_MOST = 20_000


@dataclass(frozen=True)
class CodedSets:
    """The number of each row's set (null where the set is missing), and the sets by their numbers."""

    numbers: pl.Series
    sets: list[frozenset[str]]

    def contains(self, text: str) -> pl.Expr:
        """Whether the set of each row holds the text: true, false, or null where it is missing."""
        found = [number for number, members in enumerate(self.sets) if text in members]
        return pl.lit(self.numbers).is_in(pl.lit(pl.Series(found, dtype=pl.UInt32)).implode())


def coded_sets(column: pl.Series) -> CodedSets | None:
    """The column as numbers; None where it holds no lists, or too many different ones for that to help."""
    if not isinstance(column.dtype, pl.List) or column.head(_SAMPLE).n_unique() > _MOST:
        return None
    column = column.alias("set")
    unique = column.unique(maintain_order=True).drop_nulls()
    if len(unique) > _MOST:
        return None
    numbered = unique.to_frame().with_row_index("number")
    joined = column.to_frame().join(numbered, on="set", how="left", maintain_order="left")
    return CodedSets(joined["number"], [frozenset(members) for members in unique.to_list()])
