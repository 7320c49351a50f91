"""What the rest of the house knows about one attribute, as plain values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from customers.rows.derivations import Derivation

Bound = int | float | date | datetime

# Columns that every profile build has; an attribute of that key would hide them.
RESERVED_KEYS: Final = frozenset({"ordinal", "alive", "external_id"})


def could_be_key(text: str) -> bool:
    """Whether the text may be asked for in the database at all; an address may hold anything, also a NUL."""
    return 0 < len(text) <= 63 and text.isprintable()


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One attribute of the catalogue: its key and label, its type with choices and unit, where it comes from and who
    may see it; and the facts declared of its values: a range, whole numbers only, always known, never before (below)
    the attribute of the key `not_before`. `derivation` says how it is computed, None where it is collected.
    One that `is_retired` is read by no rule in force and by no new one.
    """

    key: str
    label: str
    type: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    description: str = ""
    dimension: str = "behavioral"
    sensitivity: str = "internal"
    source_key: str = ""
    purposes: tuple[str, ...] = ()
    version: int = 1
    minimum: Bound | None = None
    maximum: Bound | None = None
    is_whole: bool = False
    is_always_known: bool = False
    not_before: str | None = None
    derivation: Derivation | None = None
    is_retired: bool = False


def ordered_value(kind: str, stored: Any) -> Bound | None:
    """A stored value of an ordered type as Python compares it: a number, a date, or a datetime in UTC."""
    if stored is None:
        return None
    if kind == "date":
        return date.fromisoformat(stored)
    if kind == "timestamp":
        return datetime.fromisoformat(stored)
    number: int | float = stored
    return number
