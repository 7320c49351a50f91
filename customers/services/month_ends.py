"""Keeps one profile build for the end of each month, without those who were erased since."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.db import transaction
from django.db.models import Max

from common.clock import now
from customers.choices import BuildState
from customers.models import Customer, MonthEnd, ProfileBuild
from customers.rows.coded_sets import with_codes
from customers.rows.digesting import build_digest, column_digest
from customers.rows.frames import TYPES, build_columns, scan_files
from customers.selectors import attribute_facts, build_files
from customers.services.exporting import sink_rows, write_frame
from customers.services.settling import fresh_name, settle
from customers.stages.collection import filled_gaps

KEPT: Final = 13
HISTORY: Final = "history"


@transaction.atomic
def keep_month_end() -> MonthEnd | None:
    """Afterwards the newest build from before the turn of this month is kept as the end of the last one.

    None when it is kept already, or when no build from before the turn is here: then the month has none, for ever.
    Refuses and announces nothing.
    """
    turn = now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    on = (turn - timedelta(days=1)).date()
    if MonthEnd.objects.filter(on=on).exists():
        return None
    ready = ProfileBuild.objects.filter(state=BuildState.READY, created_at__lt=turn, month_end=None)
    build = ready.exclude(kind=HISTORY).order_by("-number").select_for_update(of=("self",)).first()
    if build is None:
        return None
    kept, is_new = MonthEnd.objects.get_or_create(on=on, defaults={"build": build, "kept_at": now()})
    _drop_old()
    return kept if is_new else None


def store_month_end(*, on: date, rows: pl.DataFrame, note: str) -> MonthEnd | None:
    """Afterwards the rows (external_id and attributes) are kept as what the customers were at the end of that month.

    `note` says where they come from. Only customers and attributes that are known come in, values of another type than
    the catalogue's are left out; None when the month is kept already. The build is no base of later ones, and no run
    reads it. Refuses and announces nothing.
    """
    if MonthEnd.objects.filter(on=on).exists():
        return None
    schema = {key: row.type for key, row in attribute_facts().items() if key in rows.columns}
    ordinals = dict(Customer.objects.filter(is_erased=False).order_by().values_list("external_id", "ordinal"))
    last = Customer.objects.aggregate(last=Max("ordinal"))["last"]
    typed = _typed(rows, schema, ordinals)
    row_count = 0 if last is None else last + 1
    path = fresh_name("history")
    write_frame(with_codes(filled_gaps(typed, 0, row_count), schema), path)
    with transaction.atomic():
        build = _created(path, schema, row_count, as_of=datetime.combine(on, time.max, UTC), note=note)
        return MonthEnd.objects.create(on=on, build=build, note=note, kept_at=now())


def blank_the_erased() -> int:
    """Afterwards the kept month-ends hold nothing of customers who were erased, and are readable again; how many.

    A build that erases expires all others, whose files still hold what was erased; those that are kept are written anew
    without it. Refuses and announces nothing.
    """
    gone = list(Customer.objects.filter(is_erased=True, merged_into=None).order_by().values_list("ordinal", flat=True))
    done = 0
    for kept in MonthEnd.objects.filter(build__state=BuildState.EXPIRED).select_related("build"):
        build = kept.build
        files = build_files(build)
        if not all(path.is_file() for path in files):
            continue
        rows = scan_files(*files)
        names = [name for name in rows.collect_schema().names() if name not in ("ordinal", "alive")]
        is_gone = pl.col("ordinal").is_in(pl.lit(pl.Series(gone, dtype=pl.UInt32)).implode())
        path = fresh_name("history")
        blank = [pl.when(~is_gone).then(pl.col(name)).alias(name) for name in names]
        sink_rows(rows.with_columns(*blank, alive=pl.col("alive") & ~is_gone), path)
        with transaction.atomic():
            build = _created(path, build.schema, build.row_count, as_of=build.as_of, note=kept.note)
            MonthEnd.objects.filter(pk=kept.pk).update(build=build)
        done += 1
    return done


def _created(path: Path, schema: Mapping[str, str], row_count: int, *, as_of: datetime, note: str) -> ProfileBuild:
    digest, alive = _measured(path, schema, row_count)
    return ProfileBuild.objects.create(
        number=(ProfileBuild.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        kind=HISTORY,
        as_of=as_of,
        watermark=0,
        base_watermark=0,
        row_count=row_count,
        alive_count=alive,
        base_path=settle(path),
        schema=schema,
        digest=digest,
        lineage={"note": note},
        created_at=now(),
    )


def _drop_old() -> None:
    beyond = list(MonthEnd.objects.order_by("-on").values_list("pk", "build_id")[KEPT:])
    MonthEnd.objects.filter(pk__in=[pk for pk, _ in beyond]).delete()
    # No run reads these; the others are counted among the builds that are kept.
    ProfileBuild.objects.filter(pk__in=[build for _, build in beyond], kind=HISTORY).update(
        state=BuildState.EXPIRED, expired_at=now()
    )


def _typed(rows: pl.DataFrame, schema: Mapping[str, str], ordinals: Mapping[str, int]) -> pl.DataFrame:
    known = pl.DataFrame(
        {"external_id": list(ordinals), "ordinal": list(ordinals.values())},
        schema={"external_id": pl.String, "ordinal": pl.UInt32},
    )
    cast = [pl.col(key).cast(TYPES[kind], strict=False) for key, kind in sorted(schema.items())]
    joined = known.join(rows.select("external_id", *cast), on="external_id", how="inner")
    fixed = joined.with_columns(alive=pl.lit(True)).sort("ordinal")
    return fixed.select(list(build_columns(schema)))


def _measured(path: Path, schema: Mapping[str, str], row_count: int) -> tuple[str, int]:
    """(digest, customers alive) of the written file."""
    rows = scan_files(path)
    kinds: dict[str, Any] = {"alive": "boolean", "external_id": "text"} | dict(schema)
    digests = {
        name: (kinds[name], column_digest(kinds[name], rows.select(name).collect().get_column(name)))
        for name in build_columns(schema)
        if name != "ordinal"
    }
    return build_digest(row_count, digests), int(rows.select(pl.col("alive").sum()).collect().item() or 0)
