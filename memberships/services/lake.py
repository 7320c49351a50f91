"""Writes a profile build, or all memberships, to the lake as partitioned Parquet."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from django.db import transaction

from common.actors import SYSTEM, Actor
from common.clock import now
from customers.choices import Sensitivity
from customers.selectors import attribute_facts, build_by_id, erased_ordinals, newest_build, scan_build
from customers.transports.lake import Lake, the_lake
from ledger.services import announce
from memberships.errors import NotComputed
from memberships.events import LakeExported
from memberships.policies import RunPolicy
from memberships.selectors.exporting import ID, SINCE, member_frames
from memberships.selectors.stamps import Ground, grounds, members_on

log = structlog.get_logger(__name__)

ROWS_A_FILE = 262_144


@dataclass(frozen=True)
class Batch:
    """What was written: the folder within the lake, complete when its manifest is there."""

    folder: str
    rows: int
    files: int


def export_memberships(*, actor: Actor = SYSTEM) -> Batch:
    """Write who is in which segment now, and since when: a folder for each segment, a row for each member.

    Afterwards the folder and its manifest (version, run, as-of and count of each segment) are in the lake.
    Refuses: NotAllowed, LakeRefused. Announces: memberships.lake.exported.
    """
    _require(actor)
    lake, moment = the_lake(), now()
    folder = f"memberships/at={moment.astimezone(UTC):%Y-%m-%dT%H-%M-%S}Z"
    found = grounds()
    members = members_on(found)
    gone = erased_ordinals()
    rows = files = 0
    lines = []
    for key, ground in found.items():
        count, parts = _write_segment(lake, f"{folder}/segment={key}", ground, members[key] - gone, moment)
        lines.append({**_line(ground), "rows": count, "files": parts})
        rows, files = rows + count, files + parts
    lake.close_batch(folder, {"of": "memberships", "at": moment.isoformat(), "segments": lines})
    return _told(actor, Batch(folder, rows, files), "memberships")


def export_build(*, actor: Actor = SYSTEM, number: int | None = None, personal: bool = False) -> Batch:
    """Write the newest profile build, or the one of that number: a row for each customer.

    Values of special categories are never written, personal ones only when asked for.
    Refuses: NotAllowed, LakeRefused, NotComputed, NoSuchBuild. Announces: memberships.lake.exported.
    """
    import polars as pl

    _require(actor)
    lake = the_lake()
    build = newest_build() if number is None else build_by_id(number)
    if build is None:
        raise NotComputed("There is no profile build yet. Import customers; the first run makes one.")
    open_kinds = {Sensitivity.PUBLIC, Sensitivity.INTERNAL, *([Sensitivity.PERSONAL] if personal else [])}
    keys = [key for key, row in attribute_facts().items() if row.sensitivity in open_kinds and key in build.schema]
    folder = f"profiles/build={build.number}"
    gone = list(erased_ordinals())
    scan = scan_build(build.pk)
    rows = files = 0
    for first in range(0, build.row_count, ROWS_A_FILE):
        within = pl.col("ordinal").is_between(first, first + ROWS_A_FILE - 1) & pl.col("alive")
        part = scan.filter(within & ~pl.col("ordinal").is_in(gone)).select(ID, *keys).collect()
        rows, files = rows + part.height, files + 1
        _put(lake, f"{folder}/part-{files:05}.parquet", part)
    facts = {"number": build.number, "as_of": build.as_of.isoformat(), "digest": build.digest, "columns": [ID, *keys]}
    lake.close_batch(folder, {"of": "profiles", **facts, "rows": rows, "files": files})
    return _told(actor, Batch(folder, rows, files), f"profile build {build.number}")


def _require(actor: Actor) -> None:
    if actor.pk is not None:
        RunPolicy().require(actor, "request", ())


def _write_segment(lake: Lake, folder: str, ground: Ground, members: Any, moment: datetime) -> tuple[int, int]:
    """How many rows and files were written."""
    import polars as pl

    schema = {ID: pl.String(), SINCE: pl.Datetime("us", "UTC")}
    entries = ground.position.segment_id, ground.position.through
    rows = files = 0
    for frame in _gathered(member_frames(members, schema, entries=entries, as_of=moment)):
        rows, files = rows + frame.height, files + 1
        segment = frame.with_columns(
            pl.lit(ground.key).alias("segment"), pl.lit(ground.version_number).alias("version")
        )
        _put(lake, f"{folder}/part-{files:05}.parquet", segment)
    return rows, files


def _gathered(frames: Iterator[Any]) -> Iterator[Any]:
    """Small frames put together to files of a good size."""
    import polars as pl

    held: list[Any] = []
    for frame in frames:
        held.append(frame)
        if sum(each.height for each in held) >= ROWS_A_FILE:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)


def _put(lake: Lake, name: str, frame: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.parquet"
        frame.write_parquet(path, compression="zstd")
        lake.put_file(name, path)


def _line(ground: Ground) -> dict[str, Any]:
    return {
        "segment": ground.key,
        "version": ground.version_number,
        "run": ground.run_id,
        "as_of": ground.as_of.isoformat() if ground.as_of else None,
    }


@transaction.atomic
def _told(actor: Actor, batch: Batch, what: str) -> Batch:
    announce(LakeExported(what=what, folder=batch.folder, rows=batch.rows, files=batch.files), actor=actor)
    log.info("lake.exported", folder=batch.folder, rows=batch.rows, files=batch.files)
    return batch
