"""Guesses what the columns of a file mean: which is the customer's id, which are attributes, and of what type a new
one would be.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from customers.rows.facts import AttributeRow
from customers.rows.values import ValueRefused, typed_value

# The target of the column that holds the customer's id; no attribute may have this key.
EXTERNAL_ID: Final = "external_id"
_ID_NAMES: Final = (
    "external_id", "customer_id", "customerid", "customer_key", "customer", "household_id", "household_key",
    "account_id", "user_id", "contact_id", "client_id", "id",
)  # fmt: skip
_TRY: Final = ("boolean", "number", "date", "timestamp")
_MANY_CHOICES: Final = 12


def plain_name(name: str) -> str:
    """The name as a key would be written: small letters and digits joined by underscores."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", folded).strip("_")


def guess_mapping(columns: Sequence[str], catalogue: Mapping[str, AttributeRow]) -> dict[str, str | None]:
    """Column -> `external_id`, an attribute's key, or None (left out). Each target is given once, the best name
    first.
    """
    by_name: dict[str, str] = {}
    collected = [fact for fact in catalogue.values() if fact.derivation is None]
    for fact in collected:
        by_name.setdefault(plain_name(fact.label), fact.key)
    by_name.update({plain_name(fact.key): fact.key for fact in collected})
    names = {column: plain_name(column) for column in columns}
    identity = next((column for wanted in _ID_NAMES for column in columns if names[column] == wanted), None)
    mapping: dict[str, str | None] = {}
    given: set[str] = set()
    for column in columns:
        target = EXTERNAL_ID if column == identity else by_name.get(names[column])
        mapping[column] = target if target is not None and target not in given else None
        given.add(target or "")
    return mapping


def _fits(kind: str, values: Iterable[Any]) -> bool:
    try:
        for value in values:
            typed_value(kind, (), value, strict=False)
    except ValueRefused:
        return False
    return True


def guess_type(values: Sequence[Any]) -> str:
    """The type that all of the sample values have; text when nothing narrower fits or there are none."""
    present = [value for value in values if value is not None and value != ""]
    if not present:
        return "text"
    if all(isinstance(value, list) for value in present):
        return "set"
    # Columns of 0 and 1 are more often counts than answers.
    kinds = _TRY[1:] if all(str(value).strip() in ("0", "1") for value in present) and len(present) < 3 else _TRY
    for kind in kinds:
        if _fits(kind, present):
            return kind
    distinct = {str(value) for value in present}
    return "enum" if len(distinct) <= _MANY_CHOICES and len(present) >= 5 * len(distinct) else "text"
