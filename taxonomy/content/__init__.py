"""What governed words say: the shapes of their contents, how they are spelled and how they are found in texts."""

from taxonomy.content.definitions import (
    FIELDS,
    LABELS,
    NEEDS_REASON,
    CheckedDefinition,
    Spelling,
    checked_shape,
    spellings_of,
    summary_of,
)

__all__ = [
    "FIELDS",
    "LABELS",
    "NEEDS_REASON",
    "CheckedDefinition",
    "Spelling",
    "checked_shape",
    "spellings_of",
    "summary_of",
]
