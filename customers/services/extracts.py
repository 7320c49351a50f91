"""Keeps the columnar copy of events from which features are computed in bulk."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.db import connection, transaction
from django.db.models import Max
from psycopg import sql

from common.clock import now
from customers.models import Customer, EventExtract
from customers.rows.aggregates import EventColumns
from customers.rows.frames import ROW_GROUP
from customers.selectors import builds_folder
from customers.services.exporting import sink_rows, sliced, write_frame
from customers.services.settling import fresh_name, settle
from customers.stages.events import ORDER, ExtractedEvents, read_events

# So many files are read together before they are made one.
MOST_PARTS: Final = 8


def kept_since() -> str | None:
    """The month of the oldest event that is kept: what was dropped before it is in no feature. None without events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_char(min(received_at) AT TIME ZONE 'UTC', 'YYYY-MM') FROM customers_event")
        found: str | None = cursor.fetchone()[0]
    return found


def synced_events(needed: EventColumns, watermark: int, *, slice_rows: int = ROW_GROUP) -> ExtractedEvents:
    """The extract, holding every needed event that was applied up to `watermark` and is kept.

    Called by the one writer of builds. Afterwards the rows name complete files alone. Only what was applied since is
    read, unless events or properties are needed that were not before, or a file is gone.
    """
    parts = list(EventExtract.objects.order_by("number"))
    if not _is_usable(parts, needed):
        return _opened([_replaced(parts, _written_whole(needed, watermark, slice_rows), needed, watermark)])
    last = parts[-1]
    held = _columns(parts[0])
    fresh = read_events(held, _applied_between(last.watermark, watermark))
    gone = _gone(parts, fresh, last.watermark)
    if gone is not None or len(parts) >= MOST_PARTS:
        scans = [pl.scan_parquet(_path(part)) for part in parts]
        kept = pl.concat(scans).filter(pl.lit(True) if gone is None else ~gone)
        path = fresh_name("events")
        sink_rows(pl.concat([kept, fresh.lazy()]).sort(ORDER), path)
        return _opened([_replaced(parts, path, held, watermark)])
    if fresh.height:
        path = fresh_name("events")
        write_frame(fresh, path)
        return _opened([*parts, _named(path, held, watermark)])
    EventExtract.objects.filter(pk=last.pk).update(watermark=watermark)
    return _opened(parts)


def forget_erased(watermark: int) -> None:
    """Take the events of those who were erased up to `watermark` out of the extract, if there is one."""
    parts = list(EventExtract.objects.order_by("number"))
    if parts:
        synced_events(_columns(parts[0]), watermark)


def _is_usable(parts: list[EventExtract], needed: EventColumns) -> bool:
    if not parts or not all(_path(part).is_file() for part in parts):
        return False
    return _columns(parts[0]).covers(needed) and parts[0].columns["since"] == kept_since()


def _columns(part: EventExtract) -> EventColumns:
    pairs: Iterable[Any] = part.columns["properties"]
    return EventColumns(frozenset(part.columns["names"]), frozenset((kind, name) for kind, name in pairs))


def _path(part: EventExtract) -> Path:
    return builds_folder() / part.path


def _opened(parts: list[EventExtract]) -> ExtractedEvents:
    return ExtractedEvents([_path(part) for part in parts])


def _applied_between(after: int, through: int) -> sql.Composable:
    return sql.SQL("applied_seq > {} AND applied_seq <= {}").format(sql.Literal(after), sql.Literal(through))


def _gone(parts: list[EventExtract], fresh: pl.DataFrame, after: int) -> pl.Expr | None:
    """Which rows of the parts are not true any more: events that changed hands, and those of customers who are gone."""
    erased = list(
        Customer.objects.filter(is_erased=True, changed_seq__gt=after).values_list("ordinal", flat=True)
    )  # fmt: skip
    ids = pl.scan_parquet([_path(part) for part in parts]).select("id")
    moved = ids.filter(pl.col("id").is_in(fresh.get_column("id").implode())).collect().to_series()
    if not erased and not len(moved):
        return None
    theirs = pl.col("ordinal").is_in(pl.Series(erased, dtype=pl.UInt32).implode())
    return theirs | pl.col("id").is_in(moved.implode())


def _written_whole(needed: EventColumns, watermark: int, slice_rows: int) -> Path:
    end = (Customer.objects.aggregate(last=Max("ordinal"))["last"] or 0) + 1
    path = fresh_name("events")
    through = sql.SQL("applied_seq <= {}").format(sql.Literal(watermark))

    def of(first: int, end: int) -> pl.DataFrame:
        whose = sql.SQL("customer_ordinal >= {} AND customer_ordinal < {} AND ")
        return read_events(needed, whose.format(sql.Literal(first), sql.Literal(end)) + through)

    sliced(of, end, path, slice_rows)
    return path


def _named(path: Path, held: EventColumns, watermark: int) -> EventExtract:
    rows: int = pl.scan_parquet(path).select(pl.len()).collect().item()
    number = (EventExtract.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    columns = {"names": sorted(held.names), "properties": sorted(map(list, held.properties)), "since": kept_since()}
    return EventExtract.objects.create(
        number=number, path=settle(path), watermark=watermark, columns=columns, row_count=rows, created_at=now()
    )


def _replaced(parts: list[EventExtract], path: Path, held: EventColumns, watermark: int) -> EventExtract:
    """One complete file in the place of all others, whose files go once no row names them."""
    with transaction.atomic():
        EventExtract.objects.filter(pk__in=[part.pk for part in parts]).delete()
        made = _named(path, held, watermark)
    for part in parts:
        _path(part).unlink(missing_ok=True)
    return made
