"""Made-up customers and events: written to files, or loaded into a portal that has no others."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict
from customers.choices import ImportState, SourceKind
from customers.models import Attribute, Customer, Event, ImportJob
from customers.rows.tracking import Message
from customers.services.attributes import define_attribute
from customers.services.imports import plan_import, start_import
from customers.services.receiving_events import receive_events
from customers.services.running import run_import
from customers.services.sources import define_source

if TYPE_CHECKING:
    import polars as pl

SOURCE = "synthetic"
NOTE = "Made up by manage.py generate_customers; true of nobody."
FILES = ("customers", "events")
FORMATS = ("parquet", "jsonl")
_EVENTS_AT_ONCE = 5_000
_WAIT_SECONDS = 0.5
_PROPERTIES = ("feature", "amount", "synthetic_data")
Say = Callable[[str], None]


def write_synthetic(frames: "dict[str, pl.DataFrame]", *, folder: Path, kind: str, about: dict[str, Any]) -> list[Path]:
    """Afterwards `folder` holds a file of each frame, and `synthetic.json` which says how they were made.

    Each is marked: Parquet in its metadata, JSON lines in every row. Refuses: `Conflict` when one is there already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"synthetic-{name}.{kind}" for name in frames}
    manifest = folder / "synthetic.json"
    for path in (*paths.values(), manifest):
        if path.exists():
            raise Conflict(f"{path} is there already. Name an empty folder, or remove the file.")
    for name, frame in frames.items():
        if kind == "parquet":
            frame.write_parquet(paths[name], metadata={"synthetic": json.dumps({"note": NOTE, **about})})
        else:
            (_as_messages(frame) if name == "events" else frame).write_ndjson(paths[name])
    rows = {path.name: frames[name].height for name, path in paths.items()}
    manifest.write_text(json.dumps({"note": NOTE, **about, "rows": rows}, indent=1) + "\n")
    return [*paths.values(), manifest]


def require_empty_portal() -> None:
    """Refuses: `Conflict` when there is any customer, attribute or event: made-up data never mixes with other data."""
    if Customer.objects.exists() or Attribute.objects.exists() or Event.objects.exists():
        raise Conflict(
            "This portal holds customers, attributes or events already (the demonstration company, or your own). "
            "Made-up ones are loaded into an empty portal only: start one with DEMO=0 and a DATA_DIR of its own, "
            "or write files with --out."
        )


def load_synthetic(
    *, customers: Path, events: "pl.DataFrame", catalogue: dict[str, dict[str, Any]], say: Say
) -> ImportJob:
    """Afterwards the attributes of `catalogue` are defined, the customers of the Parquet file are imported and the
    events are received, all by the services that everybody else uses and as data of the source `synthetic`.

    Refuses: `Conflict` when the portal is not empty, or the import failed. Announces: what those services announce.
    """
    with transaction.atomic():
        require_empty_portal()
        content = {"name": "Synthetic data", "kind": SourceKind.FILE.value, "description": NOTE}
        define_source(actor=SYSTEM, key=SOURCE, content=content)
        for key, facts in catalogue.items():
            define_attribute(actor=SYSTEM, key=key, content={**facts, "source": SOURCE})
    say(f"{len(catalogue)} attributes defined")
    job = _imported(customers)
    say(f"{job.counts.get('created', 0):,} customers imported")
    _send(events, say)
    return job


def _imported(path: Path) -> ImportJob:
    with path.open("rb") as content:
        job = plan_import(actor=SYSTEM, source_key=SOURCE, name=path.name, content=content)
    start_import(actor=SYSTEM, job_id=job.pk)
    run_import(job.pk)
    job.refresh_from_db()
    while job.state in (ImportState.QUEUED, ImportState.RUNNING):  # a worker was quicker and has it in hand
        time.sleep(_WAIT_SECONDS)
        job.refresh_from_db()
    if job.state != ImportState.DONE:
        raise Conflict(f"Import {job.pk} is {job.state}: {job.error or 'see the page of the import'}")
    return job


def _send(events: "pl.DataFrame", say: Say) -> None:
    for start in range(0, events.height, _EVENTS_AT_ONCE):
        rows = events.slice(start, _EVENTS_AT_ONCE).to_dicts()
        at = now()
        receive_events(source_key=SOURCE, messages=[_message(row, at) for row in rows], received_at=at)
        if (start // _EVENTS_AT_ONCE) % 20 == 19:
            say(f"{start + len(rows):,} of {events.height:,} events sent")
    say(f"{events.height:,} events sent")


def _message(row: dict[str, Any], received_at: datetime) -> Message:
    return Message(
        type=row["type"],
        message_id=row["message_id"],
        at=min(row["timestamp"], received_at),
        name=row["event"],
        user_id=row["user_id"],
        anonymous_id="",
        group_id="",
        previous_id="",
        content={name: row[name] for name in _PROPERTIES},
        context={},
    )


def _as_messages(frame: "pl.DataFrame") -> "pl.DataFrame":
    """The shape that POST /v1/batch takes, a message a line."""
    import polars as pl  # not on top: a parent process that has loaded it makes its forked children hang

    return frame.select(
        "type",
        pl.col("message_id").alias("messageId"),
        pl.col("user_id").alias("userId"),
        "event",
        pl.col("timestamp").dt.strftime("%Y-%m-%dT%H:%M:%S.%3fZ"),
        pl.struct(_PROPERTIES).alias("properties"),
    )
