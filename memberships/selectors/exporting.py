"""Members, lists and changes as rows of a table, slice by slice, with the columns that the asker may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from pyroaring import BitMap

from customers.rows.frames import TYPES
from customers.selectors import attribute_facts_for, ids_by_ordinal, profiles_of
from memberships.errors import UnknownColumn
from memberships.selectors.deltas import delta_heads, deltas_between
from taxonomy.selectors import version_labels

SLICE = 20_000
ID, SINCE, CAUSE = "external_id", "since", "cause"
_MOMENT = pl.Datetime("us", "UTC")
CHANGE_SCHEMA: Mapping[str, Any] = {
    "at": _MOMENT,
    "change": pl.String(),
    ID: pl.String(),
    CAUSE: pl.String(),
    "version": pl.Int64(),
    "previous_version": pl.Int64(),
    "run": pl.Int64(),
}


@dataclass(frozen=True)
class Choice:
    """One column that the asker may have."""

    key: str
    label: str


def choices_for(viewer: Any, *, of: str) -> list[Choice]:
    """The columns beside the id: of members when and why they entered, of members and lists the visible attributes."""
    if of == "changes":
        return []
    facts = attribute_facts_for(viewer=viewer)
    named = sorted((Choice(key, row.label or key) for key, row in facts.items()), key=lambda row: row.label.casefold())
    entry = [Choice(SINCE, "In since"), Choice(CAUSE, "Entered because")] if of == "members" else []
    return [*entry, *(choice for choice in named if choice.key not in {ID, SINCE, CAUSE})]


def checked_columns(viewer: Any, names: Sequence[str], *, of: str) -> list[str]:
    """The columns as asked, each once, the id first. Raises UnknownColumn for those that do not exist or are hidden."""
    wanted = list(dict.fromkeys([ID, *names]))
    known = {ID, *(choice.key for choice in choices_for(viewer, of=of))}
    if missing := [name for name in wanted if name not in known]:
        raise UnknownColumn(
            f"There is no column “{missing[0][:70]}” for you here. Leave it out, or ask a steward.", pointer="/columns"
        )
    return wanted


def schema_of(viewer: Any, columns: Sequence[str]) -> dict[str, Any]:
    """Column -> type in a typed file; texts are plain texts there."""
    facts = attribute_facts_for(viewer=viewer)
    fixed: dict[str, Any] = {ID: pl.String(), SINCE: _MOMENT, CAUSE: pl.String()}
    return {name: fixed.get(name) or _plain(TYPES[facts[name].type]) for name in columns}


def _plain(kind: Any) -> Any:
    return pl.String() if kind == pl.Categorical() else kind


def member_frames(
    members: BitMap, schema: Mapping[str, Any], *, entries: tuple[int, int] | None, as_of: datetime
) -> Iterator[pl.DataFrame]:
    """The members by ordinal, without the erased. `entries`: segment and number of the last change, for when and why
    each entered; values are those known now, computed ones as of `as_of`."""
    ordinals = np.frombuffer(members.to_array(), np.uint32) if members else np.empty(0, np.uint32)
    entered = _Entered(entries, members, ordinals) if entries and {SINCE, CAUSE} & set(schema) else None
    attributes = [name for name in schema if name not in {ID, SINCE, CAUSE}]
    for first in range(0, len(ordinals), SLICE):
        part = ordinals[first : first + SLICE].tolist()
        rows = _rows(part, attributes, as_of)
        if entered is not None:
            rows = rows.join(entered.of(part, first), on="ordinal", how="left", maintain_order="left")
        yield rows.select([pl.col(name).cast(kind) for name, kind in schema.items()])


def _rows(ordinals: list[int], attributes: Sequence[str], as_of: datetime) -> pl.DataFrame:
    """Those who are still there, by ordinal, with id and values."""
    if not attributes:
        ids = sorted(ids_by_ordinal(ordinals).items())
        return pl.DataFrame(ids, schema={"ordinal": pl.UInt32(), ID: pl.String()}, orient="row")
    frame = profiles_of(ordinals, as_of).filter(pl.col("alive"))
    return frame.select("ordinal", ID, *attributes).sort("ordinal")


class _Entered:
    """When and why each member last entered, by their place among the members."""

    def __init__(self, entries: tuple[int, int], members: BitMap, ordinals: Any) -> None:
        segment_id, through = entries
        self._moments: list[datetime] = []
        self._causes: list[str] = []
        self._last = np.full(len(ordinals), -1, np.int32)
        for record in deltas_between([segment_id], 0, through):
            hit = record.entered & members if record.entered_count else BitMap()
            if hit:
                self._last[np.searchsorted(ordinals, np.frombuffer(hit.to_array(), np.uint32))] = len(self._moments)
                self._moments.append(record.published_at)
                self._causes.append(record.cause)

    def of(self, ordinals: list[int], first: int) -> pl.DataFrame:
        """Rows of ordinal, since and cause for the members from place `first` on."""
        places = self._last[first : first + len(ordinals)].tolist()
        return pl.DataFrame(
            {
                "ordinal": ordinals,
                SINCE: [self._moments[place] if place >= 0 else None for place in places],
                CAUSE: [self._causes[place] if place >= 0 else None for place in places],
            },
            schema={"ordinal": pl.UInt32(), SINCE: _MOMENT, CAUSE: pl.String()},
        )


def change_total(segment_id: int, since: datetime | None, through: int) -> int:
    """How many rows the changes after the instant have."""
    heads = delta_heads([segment_id], 0, through)
    return sum(head.entered_count + head.left_count for head in heads if since is None or head.published_at > since)


def change_frames(segment_id: int, since: datetime | None, through: int) -> Iterator[pl.DataFrame]:
    """Who entered and left after the instant, oldest first, without the erased."""
    numbers: dict[int, int] = {}
    for record in deltas_between([segment_id], 0, through):
        if since is not None and record.published_at <= since:
            continue
        missing = {record.version_id, record.previous_version_id} - numbers.keys() - {None}
        numbers |= {pk: number for pk, (number, _) in version_labels(pk for pk in missing if pk is not None).items()}
        facts = [record.cause, numbers[record.version_id], numbers.get(record.previous_version_id or 0), record.run_id]
        for change, who in (("entered", record.entered), ("left", record.left)):
            for first in range(0, len(who), SLICE):
                ids = sorted(ids_by_ordinal(list(who[first : first + SLICE])).items())
                rows = [(record.published_at, change, external_id, *facts) for _, external_id in ids]
                yield pl.DataFrame(rows, schema=dict(CHANGE_SCHEMA), orient="row")
