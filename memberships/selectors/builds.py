"""The newest profile build, kept warm in the process for questions that want their answer at once."""

import threading
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from customers.selectors import newest_build, scan_build
from memberships.errors import NotComputed

_WARM_ROWS = 2_000_000


@dataclass(frozen=True)
class ReadableBuild:
    """A build and its rows; small ones are held in memory, large ones are read from their files each time."""

    pk: int
    number: int
    as_of: datetime
    alive_count: int
    frame: pl.LazyFrame


class _Warm:
    """The one build that this process holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pk: int | None = None
        self._frame: pl.DataFrame | None = None

    def frame(self, pk: int) -> pl.LazyFrame:
        with self._lock:
            if self._pk != pk or self._frame is None:
                self._frame = scan_build(pk).collect()
                self._pk = pk
            return self._frame.lazy()


_warm = _Warm()


def readable_build() -> ReadableBuild:
    """The newest build. Raises NotComputed while there is none."""
    build = newest_build()
    if build is None:
        raise NotComputed("There is no customer data yet. Import customers; the first run then makes it ready.")
    frame = _warm.frame(build.pk) if build.row_count <= _WARM_ROWS else scan_build(build.pk)
    return ReadableBuild(build.pk, build.number, build.as_of, build.alive_count, frame)
