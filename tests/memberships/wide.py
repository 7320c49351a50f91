"""A profile build of many rows, made of the grocer's dozen over and over: enough for several slices and shards."""

from typing import Any

import polars as pl

from common.actors import SYSTEM
from customers.models import ProfileBuild
from customers.selectors import build_files
from customers.services.builds import build_profiles

ROWS = 180_000


def widened(rows: int = ROWS) -> Any:
    """The newest build, rewritten so that row i repeats row i modulo its number of rows."""
    build = build_profiles(actor=SYSTEM)
    path = build_files(build)[0]
    frame = pl.read_parquet(path)
    repeated = pl.concat([frame] * -(-rows // frame.height)).head(rows)
    ordinals = pl.Series("ordinal", range(rows), dtype=pl.UInt32)
    repeated.with_columns(ordinals).write_parquet(path, row_group_size=65_536)
    ProfileBuild.objects.filter(pk=build.pk).update(row_count=rows)
    build.refresh_from_db()
    return build
