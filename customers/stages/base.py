"""What every stage is: a name, a version, and one function that adds columns to a frame of customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import polars as pl

from customers.rows import AttributeRow


@dataclass(frozen=True)
class Asked:
    """What profiles are to hold: the catalogue (key -> facts), and the instant that windows count back from."""

    catalogue: Mapping[str, AttributeRow]
    as_of: datetime

    @property
    def schema(self) -> dict[str, str]:
        """Key -> attribute type of every column."""
        return {key: row.type for key, row in self.catalogue.items()}


class Stage(Protocol):
    """One step from stored rows to profiles.

    `version` rises when the same rows would give other values: a build made by an older one is made anew.
    """

    name: str
    version: int

    def keys(self, asked: Asked) -> list[str]:
        """The attributes whose columns this stage adds, by key."""
        ...

    def add(self, frame: pl.DataFrame, asked: Asked) -> pl.DataFrame:
        """The frame (at least `ordinal` and `alive`, sorted by ordinal) with one more column for each of `keys`.

        Rows are neither added, removed nor moved; rows that are not alive have no values.
        """
        ...
