"""Profiles of some customers as a build would hold them, read and computed now: for micro-batches, explanations and
pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from customers.rows import AttributeRow
from customers.rows.derivations import attributes_read
from customers.selectors.attributes import attribute_facts

if TYPE_CHECKING:
    import polars as pl

_MOST_COUNTED: Final = 1_000_000
_EXACT: Final = 2**53


@dataclass(frozen=True)
class ChangedProfiles:
    """The customers that changed after one change and not after another: `frame` has the columns of a build, a row for
    each of them by ordinal (also the erased, not alive); `causes` is why, cause -> ordinals; `arrived` when what caused
    the changes was received, where that is known; everything up to `watermark` is in.
    """

    frame: "pl.DataFrame"
    causes: dict[str, list[int]]
    arrived: list[datetime]
    watermark: int
    schema: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Over the rows, however they were read; computed when asked for."""
        from customers.rows.digesting import frame_digest

        return frame_digest(self.frame, self.schema)


def changed_profiles(*, after: int, through: int, as_of: datetime) -> ChangedProfiles:
    """Whoever changed in (after, through], with windows counted back from the day of `as_of`.

    Somebody who has changed again since is left out: that change is read next. Never called in a process that forks
    afterwards.
    """
    # Not on top: a parent process that has loaded and used Polars makes its forked children hang.
    from customers.stages import Asked, profiles
    from customers.stages.collection import CAUSE, changed_after

    asked = Asked(attribute_facts(), as_of)
    found = profiles(asked, changed_after(after, through), more=CAUSE)
    grouped = found.group_by("change_cause", maintain_order=True).agg("ordinal").iter_rows()
    known = found["arrived_at"].drop_nulls().unique().sort().to_list()
    frame = found.drop(CAUSE)
    return ChangedProfiles(
        frame=frame,
        causes=dict(grouped),
        arrived=[datetime.fromisoformat(text).astimezone(UTC) for text in known],
        watermark=through,
        schema=asked.schema,
    )


def changed_count(*, after: int) -> int:
    """How many customers changed after that change; a million stands for more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM customers_customer WHERE changed_seq > %s LIMIT %s) changed",
            [after, _MOST_COUNTED],
        )
        return int(cursor.fetchone()[0])


def profiles_of(ordinals: Sequence[int], as_of: datetime) -> "pl.DataFrame":
    """The customers of these ordinals in the columns of a build, by ordinal; those that nobody has are left out."""
    from customers.stages import Asked, profiles
    from customers.stages.collection import among

    return profiles(Asked(attribute_facts(), as_of), among(list(ordinals)))


def derived_values(ordinal: int, as_of: datetime, rows: Mapping[str, AttributeRow] | None = None) -> dict[str, Any]:
    """The computed attributes of one customer that have a value, in stored form.

    `rows` are the attributes that are of interest, where they are at hand: with none computed among them nothing is
    asked of the database.
    """
    if rows is not None and not any(row.derivation for row in rows.values()):
        return {}
    catalogue = attribute_facts()
    wanted = [key for key, row in catalogue.items() if row.derivation and (rows is None or key in rows)]
    if not wanted:
        return {}
    found = _only(wanted, catalogue, [ordinal], as_of)
    if not found.height:
        return {}
    values = zip(wanted, found.select(wanted).row(0), strict=True)
    return {key: _stored(value) for key, value in values if value is not None}


def _only(
    wanted: Sequence[str], catalogue: Mapping[str, AttributeRow], ordinals: Sequence[int], as_of: datetime
) -> "pl.DataFrame":
    """The wanted computed attributes of some customers, with what they read and nothing else."""
    from customers.stages import Asked, profiles
    from customers.stages.collection import among

    needed = set(wanted)
    for key in wanted:
        read = catalogue[key].derivation
        needed.update(attributes_read(read) if read else ())
    return profiles(Asked({key: catalogue[key] for key in sorted(needed)}, as_of), among(list(ordinals)))


def computed_for(
    ordinals: Sequence[int], catalogue: Mapping[str, AttributeRow], key: str, as_of: datetime
) -> dict[int, Any]:
    """Ordinal -> stored form of one computed attribute of a catalogue that may only be proposed; None where unknown."""
    found = _only([key], catalogue, ordinals, as_of).select("ordinal", key).iter_rows()
    return {ordinal: None if value is None else _stored(value) for ordinal, value in found}


def _stored(value: Any) -> Any:
    """A value of a build in the form in which `Customer.attributes` would hold it."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= _EXACT else value
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else value
