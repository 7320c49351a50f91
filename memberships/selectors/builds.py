"""The newest profile build, kept warm in the process for questions that want their answer at once."""

import threading
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from customers.selectors import newest_build, scan_build
from memberships.errors import NotComputed
from memberships.selectors.coded_sets import CodedSets, coded_sets
from taxonomy.compiler import Holds

_WARM_ROWS = 2_000_000


@dataclass(frozen=True)
class ReadableBuild:
    """A build and its rows; small ones are held in memory, large ones are read from their files each time.

    `holds` answers CONTAINS on the rows in memory thirty times faster than their lists can.
    """

    pk: int
    number: int
    as_of: datetime
    alive_count: int
    frame: pl.LazyFrame
    holds: Holds | None = None
    digest: str = ""


class _Warm:
    """The one build that this process holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pk: int | None = None
        self._frame: pl.DataFrame | None = None
        self._sets: dict[str, CodedSets | None] = {}

    def frame(self, pk: int) -> pl.LazyFrame:
        with self._lock:
            return self._held(pk).lazy()

    def holds(self, pk: int) -> Holds:
        """How CONTAINS is asked of the rows of this build; a set is coded when it is first asked for."""

        def asked(key: str, text: str) -> pl.Expr | None:
            with self._lock:
                frame = self._held(pk)
                if key not in self._sets:
                    self._sets[key] = coded_sets(frame[key]) if key in frame.columns else None
                sets = self._sets[key]
            return None if sets is None else sets.contains(text)

        return asked

    def _held(self, pk: int) -> pl.DataFrame:
        if self._pk != pk or self._frame is None:
            self._frame = scan_build(pk).collect()
            self._pk = pk
            self._sets = {}
        return self._frame


_warm = _Warm()


def readable_build() -> ReadableBuild:
    """The newest build. Raises NotComputed while there is none."""
    build = newest_build()
    if build is None:
        raise NotComputed("There is no customer data yet. Import customers; the first run then makes it ready.")
    if build.row_count > _WARM_ROWS:
        frame = scan_build(build.pk)
        return ReadableBuild(build.pk, build.number, build.as_of, build.alive_count, frame, digest=build.digest)
    frame, holds = _warm.frame(build.pk), _warm.holds(build.pk)
    return ReadableBuild(build.pk, build.number, build.as_of, build.alive_count, frame, holds, build.digest)
