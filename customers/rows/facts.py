"""What the rest of the house knows about one attribute, as plain values."""

from dataclasses import dataclass
from typing import Final

# Columns that every profile build has; an attribute of that key would hide them.
RESERVED_KEYS: Final = frozenset({"ordinal", "alive", "external_id"})


def could_be_key(text: str) -> bool:
    """Whether the text may be asked for in the database at all; an address may hold anything, also a NUL."""
    return 0 < len(text) <= 63 and text.isprintable()


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One attribute of the catalogue: its key and label, its type with choices and unit, where it comes from and who
    may see it.
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
