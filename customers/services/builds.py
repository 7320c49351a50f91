"""Writes profile builds: a base and an overlay, folded when the overlay grows, swapped in by one row."""

import os
import time
import uuid
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
from customers.rows.digesting import build_digest, column_digest
from customers.rows.frames import build_columns, scan_files
from customers.rows.quality import column_quality
from customers.selectors import attribute_facts, build_files, builds_folder, freshness_of, newest_build
from customers.services.counting import count_facts, counts_all, recount_facts
from customers.services.exporting import export_base, sink_rows, write_frame
from customers.services.locks import one_writer, settled_watermark
from customers.stages import Asked, profiles
from customers.stages.collection import changed_after, filled_gaps
from ledger.services import announce

log = structlog.get_logger(__name__)

FOLD_ABOVE: Final = 0.05
# Beyond this share of changed rows, reading all of them again costs less than merging.
EXPORT_ABOVE: Final = 0.25
# Larger builds are measured when their base is written, not with every overlay.
MEASURED_UP_TO: Final = 200_000


@dataclass(frozen=True)
class _Files:
    """What was written: how (base, overlay, folded), the names, and the watermark of the base."""

    kind: str
    base: str
    overlay: str
    base_watermark: int
    overlay_count: int
    erases: bool


def _fresh_name(kind: str) -> Path:
    folder = builds_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{kind}-{uuid.uuid4().hex}.parquet.tmp"


def _settle(path: Path) -> str:
    """Make a complete file safe against a power cut and give it its lasting name; returns the name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    final = path.with_suffix("")
    path.rename(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return final.name


def _write_base(asked: Asked, row_count: int, watermark: int, *, erases: bool) -> _Files:
    path = _fresh_name("base")
    export_base(asked, row_count, path)
    return _Files("base", _settle(path), "", watermark, 0, erases)


def _write_newer(newest: ProfileBuild, asked: Asked, row_count: int, watermark: int) -> _Files:
    """Write what changed since the base of the newest build: as an overlay, or folded into a new base."""
    changed = Customer.objects.filter(changed_seq__gt=newest.base_watermark)
    count, erases = changed.count(), changed.filter(is_erased=True).exists()
    if count > EXPORT_ABOVE * row_count:
        return _write_base(asked, row_count, watermark, erases=erases)
    base = builds_folder() / newest.base_path
    known: int = pl.scan_parquet(base).select(pl.len()).collect().item()
    frame = profiles(asked, changed_after(newest.base_watermark))
    older, fresh = frame.filter(pl.col("ordinal") < known), frame.filter(pl.col("ordinal") >= known)
    overlay = _fresh_name("overlay")
    write_frame(pl.concat([older, filled_gaps(fresh, known, max(row_count, known))]), overlay)
    # An overlay would leave the values of the erased in the base.
    if erases or count > FOLD_ABOVE * row_count:
        folded = _fresh_name("base")
        sink_rows(scan_files(base, overlay), folded)
        overlay.unlink()
        return _Files("folded", _settle(folded), "", watermark, 0, erases)
    return _Files("overlay", newest.base_path, _settle(overlay), newest.base_watermark, count, erases)


def _is_current(build: ProfileBuild | None, schema: Mapping[str, str], watermark: int) -> bool:
    return build is not None and build.watermark == watermark and build.schema == schema and _has_files(build)


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


def _lineage(schema: Mapping[str, str], seconds: Mapping[str, float]) -> dict[str, Any]:
    versions = {key: fact.version for key, fact in attribute_facts().items() if key in schema}
    loads = {
        key: line.loaded_at.isoformat() if line.loaded_at else None for key, line in freshness_of(viewer=SYSTEM).items()
    }
    return {"attributes": versions, "sources": loads, "seconds": dict(seconds)}


def _measured(files: _Files, schema: Mapping[str, str], row_count: int, started: float) -> dict[str, Any]:
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
    lineage = _lineage(schema, seconds)
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


def build_profiles(*, actor: Actor = SYSTEM, as_of: datetime | None = None) -> ProfileBuild:
    """Make sure that a build holds every committed change, and return it.

    Afterwards the newest build's watermark is at least the newest change at the time of the call, and its columns are
    the catalogue's. When nothing changed it is the build that was there, and counts what was declared since. Only one
    is written at a time; the files are complete and safe on disk before the row that names them exists. Never called
    in a process that forks afterwards.
    Refuses: `Unavailable` when writers of customers hold the gate for too long. Announces:
    `customers.build.finished`, or `customers.facts.counted` when the build that was there counted anew.
    """
    with one_writer():
        started = time.perf_counter()
        at = as_of or now()
        asked = Asked(attribute_facts(), at)
        schema = asked.schema
        watermark = settled_watermark()
        newest = newest_build()
        if newest is not None and _is_current(newest, schema, watermark):
            return newest if counts_all(newest) else recount_facts(actor=actor) or newest
        last = Customer.objects.aggregate(last=Max("ordinal"))["last"]
        row_count = 0 if last is None else last + 1
        if newest is None or newest.schema != schema or not _has_files(newest):
            erases = (
                Customer.objects.filter(is_erased=True, changed_seq__gt=newest.base_watermark).exists()
                if newest
                else False
            )
            files = _write_base(asked, row_count, watermark, erases=erases)
        else:
            files = _write_newer(newest, asked, row_count, watermark)
        made = {"as_of": at, "watermark": watermark, "row_count": row_count, "schema": schema}
        build = _publish(actor, files, made | _measured(files, schema, row_count, started))
        log.info("build.finished", build=build.pk, kind=build.kind, rows=row_count, **build.lineage["seconds"])
        return build
