"""What each written value becomes where one attribute takes another's place, in the type of the new one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from common.errors import Invalid
from taxonomy.rules import AttributeFacts, WrongValueError
from taxonomy.rules.nodes import Scalar
from taxonomy.rules.values import canonical_number, customer_value

# A rule writes texts and choices alike, so that one may take the other's place.
_FAMILY = {"enum": "text"}


def refuse_other_type(old: AttributeFacts, key: str, new: AttributeFacts) -> None:
    """Refuse an attribute whose values no rule could write in the place of the old one's. Raises `Invalid`."""
    if _FAMILY.get(old.type, old.type) != _FAMILY.get(new.type, new.type):
        detail = f"{key} is of the type {new.type}, the other one of {old.type}. Choose one of the same type."
        raise Invalid(detail, code="wrong_type", pointer="/replacement")


def counterparts(values: Mapping[str, Any], key: str, facts: AttributeFacts) -> dict[str, Scalar]:
    """Old value as a text -> new value; dates and moments may come as ISO 8601 texts, as JSON keeps them.

    Raises `Invalid` with a pointer to the value that does not fit the attribute.
    """
    return {old: _counterpart(old, new, key, facts) for old, new in values.items()}


def _counterpart(old: str, new: Any, key: str, facts: AttributeFacts) -> Scalar:
    try:
        found: Scalar = customer_value("text" if facts.type == "set" else facts.type, key, new)
    except WrongValueError as wrong:
        raise _refused(old, "wrong_type", str(wrong)) from None
    if facts.type in ("enum", "set") and facts.choices and found not in facts.choices:
        raise _refused(old, "unknown_choice", f"{key} has no “{found}”. It has: {', '.join(facts.choices)}.")
    if isinstance(found, date) and found.year < 1000:
        raise _refused(old, "out_of_range", f"{found.year} is too early for {key}. Write the year with four digits.")
    return canonical_number(found) if isinstance(found, float) else found


def _refused(old: str, code: str, detail: str) -> Invalid:
    place = old.replace("~", "~0").replace("/", "~1")[:120]
    return Invalid(detail, code=code, pointer=f"/values/{place}")
