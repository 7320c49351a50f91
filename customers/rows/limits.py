"""Keeps values within what is declared of their attribute."""

from typing import Any

from customers.rows.facts import AttributeRow, ordered_value
from customers.rows.values import ValueRefused, shown, typed_value


def within_limits(fact: AttributeRow, value: Any) -> Any:
    """The stored form itself, or `ValueRefused` naming the limit: outside the range, or a fraction where only whole
    numbers are. Missing values pass: whether one must be there is seen in the whole profile only.
    """
    if value is None or (fact.minimum is None and fact.maximum is None and not fact.is_whole):
        return value
    if fact.is_whole and isinstance(value, float) and not value.is_integer():
        raise ValueRefused("not_whole", f"{shown(value)} has a fraction; only whole numbers are values here.")
    if fact.minimum is None and fact.maximum is None:
        return value
    compared: Any = ordered_value(fact.type, value)
    if fact.minimum is not None and compared < fact.minimum:
        raise ValueRefused("below_minimum", f"{shown(value)} is below the minimum, {limit_words(fact.minimum)}.")
    if fact.maximum is not None and compared > fact.maximum:
        raise ValueRefused("above_maximum", f"{shown(value)} is above the maximum, {limit_words(fact.maximum)}.")
    return value


def limit_words(limit: Any) -> str:
    """A limit as it is written in a file."""
    if isinstance(limit, int | float):
        return f"{limit:.15g}"
    text: str = limit.isoformat()
    return text.replace("+00:00", "Z")


def limit_from_text(kind: str, text: str) -> Any:
    """The stored form of a limit that a person wrote; what cannot be read stays as it is, for the check to refuse."""
    try:
        return typed_value(kind, (), text, strict=False)
    except (ValueRefused, KeyError):
        return text


def declared_of(row: AttributeRow) -> dict[str, Any]:
    """What is declared of an attribute: fact -> stored form. Facts that are not declared are left out."""
    given: dict[str, Any] = {
        "minimum": _stored(row.minimum),
        "maximum": _stored(row.maximum),
        "is_whole": row.is_whole or None,
        "is_always_known": row.is_always_known or None,
        "not_before": row.not_before,
        "choices": list(row.choices) or None,
    }
    return {fact: what for fact, what in given.items() if what is not None}


def _stored(limit: Any) -> Any:
    return limit if limit is None or isinstance(limit, int | float) else limit_words(limit)
