"""Brings the households' values into the portal as its users would: one Parquet file for each source, imported."""

import io
import time
from collections.abc import Callable
from typing import Any, Final

import polars as pl

from accounts.selectors import user_by_username
from customers.choices import ImportState
from customers.selectors import import_for, imports_for
from customers.services.imports import cancel_import, plan_import, start_import
from customers.services.running import run_import
from demo.documents import Company
from demo.features import household_attributes

FILES: Final = {
    "pos": "receipts-2017.parquet",
    "loyalty_crm": "loyalty-file-2017.parquet",
    "campaigns": "campaigns-2017.parquet",
    "coupons": "coupons-2017.parquet",
}
_OPEN: Final = (ImportState.QUEUED, ImportState.RUNNING)
_PATIENCE: Final = 120.0


class ImportNotDone(RuntimeError):
    """One of the files could not be imported."""


def import_households(documents: Company) -> int:
    """Afterwards every source's file has been imported once; how many were imported now.

    Safe to repeat: a file whose import is done is left alone; what a killed run left half done is cancelled and
    imported anew, which changes nothing about households that already have the values.
    """
    stewards = {source["key"]: user_by_username(source["steward"]) for source in documents.sources}
    missing = [key for key, name in FILES.items() if not _imports(stewards[key], name, ImportState.DONE)]
    if not missing:
        return 0
    households = household_attributes()
    for key in missing:
        for job in _imports(stewards[key], FILES[key], ImportState.PLANNED, *_OPEN):
            cancel_import(actor=stewards[key], job_id=job.pk)
        _import(stewards[key], key, source_file(documents, households, key))
    return len(missing)


def source_file(documents: Company, households: pl.DataFrame, source_key: str) -> bytes:
    """What a source knows: its attributes of those households that have any of them, as Parquet."""
    columns = [entry["key"] for entry in documents.attributes if entry["source"] == source_key]
    known = households.select("external_id", *columns).filter(pl.any_horizontal(pl.col(columns).is_not_null()))
    content = io.BytesIO()
    known.write_parquet(content)
    return content.getvalue()


def _imports(viewer: Any, name: str, *states: str) -> list[Any]:
    return list(imports_for(viewer=viewer).filter(file_name=name, state__in=states))


def _import(steward: Any, source_key: str, content: bytes) -> None:
    columns = pl.read_parquet_schema(content)
    job = plan_import(
        actor=steward,
        source_key=source_key,
        name=FILES[source_key],
        content=io.BytesIO(content),
        mapping={column: column for column in columns},
    )
    start_import(actor=steward, job_id=job.pk)
    # A worker that is up may take the job before us; then we wait for it.
    run_import(job.pk)
    ended = _awaited(lambda: import_for(viewer=steward, job_id=job.pk))
    if ended.state != ImportState.DONE or ended.counts["refused"]:
        raise ImportNotDone(
            f"The import of {FILES[source_key]} ended as “{ended.state}”: {ended.error or ended.counts}"
        )


def _awaited(read: Callable[[], Any]) -> Any:
    until = time.monotonic() + _PATIENCE
    job = read()
    while job.state in _OPEN and time.monotonic() < until:
        time.sleep(0.2)
        job = read()
    return job
