"""Turns the rows of a file into customers' values, by a mapping of columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.errors import Invalid
from customers.rows import EXTERNAL_ID, AttributeRow, ValueRefused, checked_external_id, checked_row
from customers.transports import FileReader, Record


@dataclass(slots=True)
class ReadRow:
    """One row of a file, read: the customer and values, or the errors that keep it out."""

    record: Record
    external_id: str
    values: dict[str, Any]
    errors: list[dict[str, Any]] = field(default_factory=list)


def checked_mapping(
    given: Mapping[str, Any], columns: Sequence[str], catalogue: Mapping[str, AttributeRow]
) -> dict[str, str | None]:
    """Column -> target for all columns, in their order; a column that is not named is left out.

    Takes `{column: target}`, or `{"external_id": column, "attributes": {column: key}}`. Raises `Invalid` naming a
    column that the file lacks, a target that is no attribute (hidden ones read alike) or is computed, or a target given
    twice.
    """
    flat: dict[str, Any] = dict(given)
    if isinstance(given.get("attributes"), Mapping):
        flat = {**given["attributes"], str(given.get(EXTERNAL_ID, "")): EXTERNAL_ID}
    errors: list[dict[str, Any]] = []
    taken: dict[str, str] = {}
    for column, target in flat.items():
        fault = _mapping_fault(column, target, columns, catalogue, taken)
        if fault:
            errors.append({"code": fault[0], "detail": fault[1], "pointer": f"/mapping/{column}"})
    if errors:
        raise Invalid(errors[0]["detail"], errors=errors)
    return {column: flat.get(column) or None for column in columns}


def _mapping_fault(
    column: str, target: Any, columns: Sequence[str], catalogue: Mapping[str, AttributeRow], taken: dict[str, str]
) -> tuple[str, str] | None:
    if column not in columns:
        return "unknown_column", f"The file has no column “{column}”."
    if not target:
        return None
    if not isinstance(target, str) or (target != EXTERNAL_ID and target not in catalogue):
        return "unknown_attribute", f"There is no attribute “{target}” for the column “{column}”."
    if target in catalogue and catalogue[target].derivation is not None:
        return "is_computed", f"“{target}” is computed from other data; no column can go to it."
    if target in taken:
        return "twice", f"The columns “{taken[target]}” and “{column}” both go to “{target}”."
    taken[target] = column
    return None


def id_column(mapping: Mapping[str, str | None]) -> str | None:
    """The column that holds the customer's id, if one is named."""
    return next((column for column, target in mapping.items() if target == EXTERNAL_ID), None)


def read_rows(
    reader: FileReader,
    records: Iterable[Record],
    mapping: Mapping[str, str | None],
    catalogue: Mapping[str, AttributeRow],
    *,
    keeps_empty: bool,
) -> Iterator[ReadRow]:
    """The records as customers' values. An empty cell clears the value, or with `keeps_empty` leaves it as it is."""
    identity = id_column(mapping) or ""
    pairs = [(column, target) for column, target in mapping.items() if target and target != EXTERNAL_ID]
    strict = reader.is_strict
    for record in records:
        if record.fault:
            yield ReadRow(record, "", {}, [{"code": record.code, "detail": record.fault, "pointer": None}])
            continue
        cells = record.cells
        given = {key: cells[column] for column, key in pairs if column in cells}
        values, errors = checked_row(given, catalogue, strict=strict)
        try:
            external_id = checked_external_id(cells.get(identity))
        except ValueRefused as refused:
            external_id = ""
            errors.add(refused, "/external_id")
        if keeps_empty:
            values = {key: value for key, value in values.items() if value is not None}
        yield ReadRow(record, external_id, values, errors.errors)
