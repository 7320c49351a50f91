"""Columns of sets as categories: customers share few different sets, so that CONTAINS is decided once for each of them
and not once a row.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

# Stands before each text of a set; no stored text can hold it: control characters are refused at the door.
_BEFORE: Final = "\x1f"
# With more different sets than this, looking for theirs costs as much as looking through the rows'.
MOST: Final = 20_000


def set_column(key: str) -> str:
    """The column of a file that holds the sets of an attribute as categories; no attribute is named so."""
    return f"set:{key}"


def with_codes(frame: pl.DataFrame, schema: Mapping[str, str]) -> pl.DataFrame:
    """The rows of a build as its files hold them: each column of sets a second time, a category for each different set.

    An empty set is an empty text; the texts of the others each have a mark before them.
    """
    return frame.with_columns(
        pl.when(pl.col(key).list.len() > 0)
        .then(pl.lit(_BEFORE) + pl.col(key).list.join(_BEFORE))
        .otherwise(pl.when(pl.col(key).is_not_null()).then(pl.lit("")))
        .cast(pl.Categorical)
        .alias(set_column(key))
        for key, kind in sorted(schema.items())
        if kind == "set"
    )


class SetCodes:
    """Answers CONTAINS over the files of one build by their categories. Needs no database, and travels to other
    processes; which different sets there are is read when an attribute is first asked about.
    """

    def __init__(self, paths: Sequence[Path], keys: Iterable[str]) -> None:
        self.paths, self.keys = list(paths), frozenset(keys)
        self._holders: dict[str, dict[str, list[str]] | None] = {}

    def __call__(self, key: str, text: str) -> pl.Expr | None:
        """Whether the set of each row holds the text, null where it is missing; None where only the lists can tell."""
        if key not in self._holders:
            self._holders[key] = self._read(key) if key in self.keys else None
        holders = self._holders[key]
        if holders is None:
            return None
        sets = pl.Series(holders.get(text, ()), dtype=pl.String)
        return pl.col(set_column(key)).is_in(pl.lit(sets).implode())

    def _read(self, key: str) -> dict[str, list[str]] | None:
        """Text -> the different sets that hold it."""
        name = set_column(key)
        if any(name not in pl.read_parquet_schema(path) for path in self.paths):
            return None
        found = [pl.scan_parquet(path).select(pl.col(name).unique()).collect().to_series() for path in self.paths]
        if sum(map(len, found)) > MOST:
            return None
        holders: dict[str, list[str]] = {}
        for joined in {joined for column in found for joined in column.cast(pl.String).to_list() if joined}:
            for text in joined[1:].split(_BEFORE):
                holders.setdefault(text, []).append(joined)
        return holders
