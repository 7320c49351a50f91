"""Writes profile builds: a base and an overlay, folded when the overlay grows, swapped in by one row."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
import structlog
from django.db import transaction
from django.db.models import Max

from common.actors import SYSTEM, Actor
from common.clock import now
from customers.choices import BuildState
from customers.events import BuildFinished
from customers.models import Customer, ProfileBuild
from customers.rows.aggregates import columns_needed
from customers.rows.coded_sets import with_codes
from customers.rows.digesting import build_digest, column_digest
from customers.rows.frames import ROW_GROUP, build_columns, scan_files
from customers.rows.quality import column_quality
from customers.selectors import (
    attribute_facts,
    build_files,
    builds_folder,
    freshness_of,
    newest_build,
    newest_change,
)
from customers.services.counting import count_facts, counts_all, recount_facts
from customers.services.exporting import export_base, sink_rows, write_frame
from customers.services.extracts import forget_erased, kept_since, synced_events
from customers.services.locks import one_writer, settled_watermark
from customers.services.month_ends import blank_the_erased
from customers.services.settling import fresh_name, settle
from customers.stages import Asked, Pipeline, grounds_of
from customers.stages.collection import changed_after, filled_gaps
from customers.stages.features import Events, Features, feature_aggregates
from ledger.services import announce

log = structlog.get_logger(__name__)

FOLD_ABOVE: Final = 0.05
# Beyond this share of changed rows, reading all of them again costs less than merging.
EXPORT_ABOVE: Final = 0.25
# Events of so many changed customers are read from the database; of more, from the extract.
SINGLY_UP_TO: Final = 20_000
# Larger builds are measured when their base is written, not with every overlay.
MEASURED_UP_TO: Final = 200_000


@dataclass(frozen=True)
class _Files:
    """What was written: how (base, overlay, folded), the names, the watermark of the base, and what each stage did."""

    kind: str
    base: str
    overlay: str
    base_watermark: int
    overlay_count: int
    erases: bool
    stages: list[dict[str, Any]]


def _bulk_events(asked: Asked, watermark: int, slice_rows: int) -> Events | None:
    """The extract that features are computed from in bulk; None when no attribute is computed from events."""
    aggregates = feature_aggregates(asked)
    return synced_events(columns_needed(aggregates.values()), watermark, slice_rows=slice_rows) if aggregates else None


def _write_base(asked: Asked, row_count: int, watermark: int, slice_rows: int, *, erases: bool) -> _Files:
    began = time.perf_counter()
    pipeline = Pipeline(asked, _bulk_events(asked, watermark, slice_rows))
    pipeline.seconds[Features.name] += time.perf_counter() - began
    path = fresh_name("base")
    export_base(pipeline, row_count, path, slice_rows=slice_rows)
    return _Files("base", settle(path), "", watermark, 0, erases, pipeline.told())


def _write_newer(newest: ProfileBuild, asked: Asked, row_count: int, watermark: int, slice_rows: int) -> _Files:
    """Write what changed since the base of the newest build: as an overlay, or folded into a new base."""
    changed = Customer.objects.filter(changed_seq__gt=newest.base_watermark)
    count, erases = changed.count(), _erases(newest)
    if count > EXPORT_ABOVE * row_count:
        return _write_base(asked, row_count, watermark, slice_rows, erases=erases)
    base = builds_folder() / newest.base_path
    known: int = pl.scan_parquet(base).select(pl.len()).collect().item()
    events = _bulk_events(asked, watermark, slice_rows) if count > SINGLY_UP_TO else None
    pipeline = Pipeline(asked, events)
    frame = pipeline.rows(changed_after(newest.base_watermark))
    older, fresh = frame.filter(pl.col("ordinal") < known), frame.filter(pl.col("ordinal") >= known)
    overlay = fresh_name("overlay")
    newer = pl.concat([older, filled_gaps(fresh, known, max(row_count, known))])
    write_frame(with_codes(newer, asked.schema), overlay)
    # An overlay would leave the values of the erased in the base.
    if erases or count > FOLD_ABOVE * row_count:
        folded = fresh_name("base")
        sink_rows(scan_files(base, overlay), folded)
        overlay.unlink()
        return _Files("folded", settle(folded), "", watermark, 0, erases, pipeline.told())
    return _Files("overlay", newest.base_path, settle(overlay), newest.base_watermark, count, erases, pipeline.told())


def _erases(newest: ProfileBuild) -> bool:
    """Whether somebody was erased since the base of that build. What a merged customer was is the survivor's."""
    gone = Customer.objects.filter(is_erased=True, merged_into=None, changed_seq__gt=newest.base_watermark)
    return gone.exists()


def _continues(build: ProfileBuild, schema: Mapping[str, str], grounds: Mapping[str, Any]) -> bool:
    """Whether what the build says of customers who have not changed since is still true, and readable."""
    return build.schema == schema and build.lineage.get("grounds") == grounds and _has_files(build)


def _has_files(build: ProfileBuild) -> bool:
    return all(path.is_file() for path in build_files(build))


def _measure(
    paths: list[Path], schema: Mapping[str, str], row_count: int, *, fully: bool
) -> tuple[str, int, dict[str, Any]]:
    """(digest, customers alive, quality by attribute) of the written files; a column in memory at a time."""
    rows = scan_files(*paths)
    kinds = {"alive": "boolean", "external_id": "text"} | dict(schema)
    alive: int = rows.select(pl.col("alive").sum()).collect().item() or 0
    digests: dict[str, tuple[str, str]] = {}
    quality: dict[str, Any] = {}
    for name in build_columns(schema):
        if name == "ordinal":
            continue
        column = rows.select("ordinal", name).collect().get_column(name)
        digests[name] = (kinds[name], column_digest(kinds[name], column))
        if fully and name in schema:
            quality[name] = column_quality(schema[name], column, alive)
    return build_digest(row_count, digests), alive, quality


def _lineage(
    schema: Mapping[str, str], files: _Files, grounds: Mapping[str, Any], seconds: Mapping[str, float]
) -> dict[str, Any]:
    versions = {key: fact.version for key, fact in attribute_facts().items() if key in schema}
    loads = {
        key: line.loaded_at.isoformat() if line.loaded_at else None for key, line in freshness_of(viewer=SYSTEM).items()
    }
    return {
        "attributes": versions,
        "sources": loads,
        "stages": files.stages,
        "grounds": dict(grounds),
        "seconds": dict(seconds),
    }


def _measured(
    files: _Files, schema: Mapping[str, str], row_count: int, grounds: Mapping[str, Any], started: float
) -> dict[str, Any]:
    """The fields of a build that are read off its written files."""
    written = time.perf_counter()
    paths = [builds_folder() / name for name in (files.base, files.overlay) if name]
    fully = files.kind != "overlay" or row_count <= MEASURED_UP_TO
    digest, alive, quality = _measure(paths, schema, row_count, fully=fully)
    measured = time.perf_counter()
    facts = count_facts(paths, schema)
    seconds = {
        "write": round(written - started, 3),
        "measure": round(measured - written, 3),
        "facts": round(time.perf_counter() - measured, 3),
    }
    lineage = _lineage(schema, files, grounds, seconds)
    return {"alive_count": alive, "digest": digest, "quality": quality, "facts": facts, "lineage": lineage}


@transaction.atomic
def _publish(actor: Actor, files: _Files, made: Mapping[str, Any]) -> ProfileBuild:
    number = (ProfileBuild.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    if files.erases:
        # Their files still hold what was erased; the sweep removes them.
        ProfileBuild.objects.filter(state=BuildState.READY).update(state=BuildState.EXPIRED, expired_at=now())
    build = ProfileBuild.objects.create(
        number=number,
        kind=files.kind,
        base_path=files.base,
        overlay_path=files.overlay,
        base_watermark=files.base_watermark,
        overlay_count=files.overlay_count,
        created_at=now(),
        **made,
    )
    fact = BuildFinished(
        build_id=build.pk, number=number, row_count=build.alive_count, kind=build.kind, digest=build.digest
    )
    announce(fact, actor=actor)
    return build


def build_profiles(
    *, actor: Actor = SYSTEM, as_of: datetime | None = None, slice_rows: int = ROW_GROUP
) -> ProfileBuild:
    """Make sure that a build holds every committed change, and return it.

    Afterwards the newest build's watermark is at least the newest change at the time of the call, its columns are the
    catalogue's, and windows count back from the day of `as_of`. When nothing changed it is the build that was there,
    and counts what was declared since. Only one is written at a time; the files are complete and safe on disk before
    the row that names them exists. What it holds does not depend on `slice_rows`, how many customers are in memory at
    a time. Never called in a process that forks afterwards.
    Refuses: `Unavailable` when writers of customers hold the gate for too long. Announces:
    `customers.build.finished`, or `customers.facts.counted` when the build that was there counted anew.
    """
    with one_writer():
        started = time.perf_counter()
        asked = Asked(attribute_facts(), as_of or now())
        schema, grounds = asked.schema, grounds_of(asked, kept_since())
        watermark = settled_watermark()
        newest = newest_build()
        continues = newest is not None and _continues(newest, schema, grounds)
        if newest is not None and continues and newest.watermark == watermark:
            return newest if counts_all(newest) else recount_facts(actor=actor) or newest
        last = Customer.objects.aggregate(last=Max("ordinal"))["last"]
        row_count = 0 if last is None else last + 1
        if newest is not None and continues:
            files = _write_newer(newest, asked, row_count, watermark, slice_rows)
        else:
            erases = newest is not None and _erases(newest)
            files = _write_base(asked, row_count, watermark, slice_rows, erases=erases)
        if files.erases:
            forget_erased(watermark)
        made = {"as_of": asked.as_of, "watermark": watermark, "row_count": row_count, "schema": schema}
        build = _publish(actor, files, made | _measured(files, schema, row_count, grounds, started))
        if files.erases:
            blank_the_erased()
        log.info("build.finished", build=build.pk, kind=build.kind, rows=row_count, **build.lineage["seconds"])
        return build


def refresh_build(*, actor: Actor = SYSTEM) -> ProfileBuild | None:
    """Make a new build when customers changed since the newest one or what it rests on did; None when there is nothing
    to do, which a few small queries find out.

    Afterwards previews and pages count on a build that held every change when this was called.
    Refuses and announces: as `build_profiles`.
    """
    newest, asked = newest_build(), Asked(attribute_facts(), now())
    if newest is None and not Customer.objects.exists():
        return None
    unchanged = newest is not None and newest.watermark == newest_change()
    if newest is not None and unchanged and _continues(newest, asked.schema, grounds_of(asked, kept_since())):
        return None
    return build_profiles(actor=actor)
