"""Plans an import: what the columns are, what they become, what will go wrong, what would change."""

import time
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from customers.rows import EXTERNAL_ID, AttributeRow, guess_mapping, guess_type
from customers.rows.values import shown
from customers.services.merging import combined, compare_rows
from customers.services.reading import ReadRow, checked_mapping, id_column, read_rows
from customers.transports import FileReader

# So many rows are looked at, and no longer than so many seconds: somebody waits for the page.
LOOK: Final = 5_000
_SECONDS: Final = 4.0
_SAMPLE: Final = 12
_PROBLEMS: Final = 12


def make_plan(
    reader: FileReader, given: Mapping[str, Any] | None, catalogue: Mapping[str, AttributeRow], *, keeps_empty: bool
) -> tuple[dict[str, str | None], dict[str, Any]]:
    """(mapping, plan). The mapping is the given one, checked, or a guess by the names of the columns.

    The plan is plain JSON: `columns` (name, target, label, type, samples, filled, refused), `sample` rows with typed
    values, `problems` by kind with their first lines, `counts` of new, changed, unchanged, refused and repeated rows
    among those looked at, `blockers` that keep the import from starting, `notes`, `rows_expected`, `is_complete`.
    """
    mapping = checked_mapping(given, reader.columns, catalogue) if given else guess_mapping(reader.columns, catalogue)
    rows, is_complete = _look(reader, mapping, catalogue, keeps_empty)
    good = [row for row in rows if not row.errors]
    unique = combined((row.external_id, row.values) for row in good)
    created, changed, unchanged = compare_rows(unique)
    plan = {
        "columns": [_column(name, mapping.get(name), catalogue, rows) for name in reader.columns],
        "sample": [_sample(row, mapping) for row in rows[:_SAMPLE]],
        "problems": _problems(rows),
        "counts": {
            "created": created,
            "changed": changed,
            "unchanged": unchanged,
            "refused": len(rows) - len(good),
            "repeated": len(good) - len(unique),
        },
        "looked": len(rows),
        "is_complete": is_complete,
        "rows_expected": len(rows) if is_complete else max(reader.rows_expected, len(rows)),
        "notes": list(reader.notes),
        "blockers": _blockers(mapping, rows),
    }
    return mapping, plan


def _look(
    reader: FileReader, mapping: Mapping[str, str | None], catalogue: Mapping[str, AttributeRow], keeps_empty: bool
) -> tuple[list[ReadRow], bool]:
    end = time.monotonic() + _SECONDS
    rows: list[ReadRow] = []
    records = reader.records()
    for row in read_rows(reader, islice(records, LOOK), mapping, catalogue, keeps_empty=keeps_empty):
        rows.append(row)
        if time.monotonic() > end:
            break
    return rows, next(records, None) is None


def _column(
    name: str, target: str | None, catalogue: Mapping[str, AttributeRow], rows: list[ReadRow]
) -> dict[str, Any]:
    present = [value for row in rows if (value := row.record.cells.get(name)) not in (None, "")]
    fact = catalogue.get(target or "")
    pointer = f"/attributes/{target}"
    return {
        "name": name,
        "target": target,
        "label": "Customer's id" if target == EXTERNAL_ID else fact.label if fact else "",
        "type": fact.type if fact else "",
        "guess": guess_type(present[:500]),
        "filled": len(present),
        "samples": [shown(value).strip("“”") for value in dict.fromkeys(map(_hashable, present[:200]))][:3],
        "refused": sum(any(error["pointer"] == pointer for error in row.errors) for row in rows),
    }


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else str(value)


def _sample(row: ReadRow, mapping: Mapping[str, str | None]) -> dict[str, Any]:
    targets = [target for target in mapping.values() if target and target != EXTERNAL_ID]
    return {
        "line": row.record.line,
        "external_id": row.external_id,
        "values": {key: row.values.get(key) for key in targets},
        "errors": row.errors,
    }


def _problems(rows: list[ReadRow]) -> list[dict[str, Any]]:
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        for error in row.errors:
            kind = (error["code"], error["pointer"] or "")
            counts[kind] += 1
            seen = first.setdefault(kind, {"code": error["code"], "detail": error["detail"], "lines": []})
            if len(seen["lines"]) < 3:
                seen["lines"].append(row.record.line)
    return [{**first[kind], "count": count} for kind, count in counts.most_common(_PROBLEMS)]


def _blockers(mapping: Mapping[str, str | None], rows: list[ReadRow]) -> list[str]:
    found = []
    if not rows:
        found.append("The file has a header but no rows.")
    if id_column(mapping) is None:
        found.append("No column holds the customer's id. Say which one does.")
    elif rows and all(row.errors for row in rows):
        found.append("None of the rows looked at can be taken as the columns are mapped now.")
    if not any(target and target != EXTERNAL_ID for target in mapping.values()):
        found.append("No column goes to an attribute. Map at least one, or define the attributes first.")
    return found
