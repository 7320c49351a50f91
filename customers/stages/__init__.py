"""The stages that make customers' profiles: collection, features, scores. Each can be replaced and tested alone."""

from collections.abc import Mapping

import polars as pl
from psycopg import sql

from customers.rows.frames import build_columns
from customers.stages.base import Asked, Stage
from customers.stages.collection import Collection

__all__ = ["Asked", "Stage", "profiles"]


def profiles(
    asked: Asked, condition: sql.Composable, *, more: Mapping[str, tuple[str, pl.DataType]] | None = None
) -> pl.DataFrame:
    """The customers that meet the condition, by ordinal, in the columns of a build; what `more` asks for behind."""
    frame = Collection().rows(asked, condition, more)
    return frame.select(*build_columns(asked.schema), *(more or ()))
