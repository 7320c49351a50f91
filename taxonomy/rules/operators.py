"""The operators that the editor offers for each type, in the words of the editor."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from taxonomy.rules.nodes import Operator

COMPARISONS: Mapping[str, Operator] = MappingProxyType(
    {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
)
BY_SIGN: Mapping[str, str] = MappingProxyType({sign: code for code, sign in COMPARISONS.items()})
PATTERNS: frozenset[str] = frozenset({"has", "starts", "ends", "like"})
NO_ENTRY: frozenset[str] = frozenset({"known", "unknown", "true", "false"})
LISTS: frozenset[str] = frozenset({"in", "not_in"})
RANGES: frozenset[str] = frozenset({"between", "not_between"})

_EITHER = {"known": "is known", "unknown": "is not known"}
_LISTED = {"in": "is one of", "not_in": "is none of"}
_WITHIN = {"between": "is between", "not_between": "is not between"}
_NUMBER = {
    "ge": "is at least",
    "gt": "is more than",
    "le": "is at most",
    "lt": "is less than",
    "eq": "is",
    "ne": "is not",
    **_WITHIN,
    **_LISTED,
    **_EITHER,
}
_DATE = {
    "ge": "is on or after",
    "gt": "is after",
    "le": "is on or before",
    "lt": "is before",
    "eq": "is on",
    "ne": "is not on",
    **_WITHIN,
    **_LISTED,
    **_EITHER,
}
_PATTERNED = {
    "has": "contains",
    "not_has": "does not contain",
    "starts": "starts with",
    "not_starts": "does not start with",
    "ends": "ends with",
    "not_ends": "does not end with",
    "like": "matches the pattern",
    "not_like": "does not match the pattern",
}
_TEXT = {
    "eq": "is",
    "ne": "is not",
    **_LISTED,
    **_PATTERNED,
    "lt": "comes before",
    "le": "is or comes before",
    "gt": "comes after",
    "ge": "is or comes after",
    **_WITHIN,
    **_EITHER,
}
LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "number": _NUMBER,
        "date": _DATE,
        "timestamp": {**_DATE, "ge": "is at or after", "le": "is at or before", "eq": "is at", "ne": "is not at"},
        "text": _TEXT,
        "enum": {"eq": "is", "ne": "is not", **_LISTED, **_EITHER},
        "boolean": {"true": "is true", "false": "is false", **_EITHER},
        "set": {"includes": "includes", "not_includes": "does not include", **_EITHER},
        "segment": {"in_segment": "is in", "not_in_segment": "is not in"},
    }
)
_OPPOSITES = (
    ("eq", "ne"),
    ("lt", "ge"),
    ("le", "gt"),
    ("between", "not_between"),
    ("in", "not_in"),
    ("has", "not_has"),
    ("starts", "not_starts"),
    ("ends", "not_ends"),
    ("like", "not_like"),
    ("known", "unknown"),
    ("true", "false"),
    ("includes", "not_includes"),
    ("in_segment", "not_in_segment"),
)
# The operator that is true where the other is false, and unknown where it is unknown.
OPPOSITE_OPERATORS: Mapping[str, str] = MappingProxyType(
    {one: other for pair in _OPPOSITES for one, other in (pair, pair[::-1])}
)


def first_operator(type_: str) -> str:
    """The operator that a new clause about an attribute of this type begins with."""
    return next(iter(LABELS[type_]))


def positive(operator: str) -> tuple[str, bool]:
    """The operator without its “not”, and whether it had one."""
    return (operator.removeprefix("not_"), True) if operator.startswith("not_") else (operator, False)
