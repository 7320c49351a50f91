"""The values that a customer had when runs read them, as long as builds and the rows of micro-batches are kept."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from customers.errors import NoSuchBuild
from customers.selectors import builds_folder, scan_build
from memberships.choices import RunKind, RunState
from memberships.models import Run

# So many micro-batches are looked through for the one that read the customer last.
_LOOKED_THROUGH = 60


def batches_folder() -> Path:
    """Where the rows of micro-batches lie."""
    return builds_folder().parent / "batches"


def values_around(run_id: int, segment_key: str, ordinal: int) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What the customer's values were before the run and when it read them; None when either is not kept any more."""
    run = Run.objects.select_related("build").defer("manifest").get(pk=run_id)
    after = _values_at(run, ordinal)
    before = None if after is None else _values_before(run, segment_key, ordinal)
    return None if after is None or before is None else (before, after)


def _values_before(run: Run, segment_key: str, ordinal: int) -> dict[str, Any] | None:
    """The customer as the newest earlier run found them: in the rows of a micro-batch since the last run over
    everybody, or in the build of that one."""
    earlier = Run.objects.filter(state=RunState.SUCCEEDED, pass_number__lt=run.pass_number, build__isnull=False)
    earlier = earlier.select_related("build").defer("manifest").order_by("-pass_number")
    whole = _over_everybody(earlier, segment_key).first()
    batches = earlier.filter(kind=RunKind.MICRO, pass_number__gt=whole.pass_number if whole else 0)
    looked = list(batches[: _LOOKED_THROUGH + 1])
    for batch in looked[:_LOOKED_THROUGH]:
        if not _is_kept(batch):
            return None
        if row := _batch_row(batch.batch_path, ordinal):
            return row
    return _values_at(whole, ordinal) if whole and len(looked) <= _LOOKED_THROUGH else None


def _over_everybody(runs: QuerySet[Run], segment_key: str) -> QuerySet[Run]:
    named = Q(segment_keys=[]) | Q(segment_keys__contains=[segment_key])
    return runs.filter(named, kind__in=[RunKind.FULL, RunKind.PARTIAL])


def _values_at(run: Run, ordinal: int) -> dict[str, Any] | None:
    """The customer as the run read them; None when that is not kept."""
    if run.kind == RunKind.MICRO:
        return _batch_row(run.batch_path, ordinal) if _is_kept(run) else None
    if run.build is None or run.build.state != "ready":
        return None
    try:
        return _build_row(run.build.pk, ordinal)
    except NoSuchBuild:
        return None


def _is_kept(run: Run) -> bool:
    return bool(run.batch_path) and (batches_folder() / run.batch_path).is_file()


@lru_cache(maxsize=512)
def _batch_row(name: str, ordinal: int) -> dict[str, Any]:
    """A customer's row in a micro-batch, empty when it read others. Files never change; that one is still kept is
    asked each time."""
    import polars as pl

    rows = pl.scan_parquet(batches_folder() / name).filter(pl.col("ordinal") == ordinal).collect().to_dicts()
    return rows[0] if rows else {}


@lru_cache(maxsize=512)
def _build_row(build_id: int, ordinal: int) -> dict[str, Any]:
    """A customer's row in a build, in the same way."""
    import polars as pl

    rows = scan_build(build_id).filter(pl.col("ordinal") == ordinal).collect().to_dicts()
    return rows[0] if rows else {}
