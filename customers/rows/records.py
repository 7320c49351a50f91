"""Checks one row: which values it gives for which attributes, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from customers.rows.facts import AttributeRow
from customers.rows.limits import within_limits
from customers.rows.values import ValueRefused, typed_value


@dataclass(slots=True)
class RowErrors:
    """What is wrong with one row: a list of code, detail and pointer (`/attributes/<key>`), ready for a refusal."""

    errors: list[dict[str, Any]] = field(default_factory=list)

    def add(self, refused: ValueRefused, pointer: str) -> None:
        """One more reason at `pointer`."""
        self.errors.append({"code": refused.code, "detail": refused.detail, "pointer": pointer})

    def __bool__(self) -> bool:
        return bool(self.errors)


def checked_row(
    attributes: Mapping[str, Any], catalogue: Mapping[str, AttributeRow], *, strict: bool, pointer: str = "/attributes"
) -> tuple[dict[str, Any], RowErrors]:
    """(values, errors) of the attributes of one row; a value of None clears. With any error the values are not to be
    stored.

    A key that `catalogue` lacks is an error: it may not exist or may be hidden from the sender, and both read alike.
    """
    values: dict[str, Any] = {}
    errors = RowErrors()
    for key, raw in attributes.items():
        fact = catalogue.get(key)
        if fact is None:
            errors.add(
                ValueRefused("unknown_attribute", f"There is no attribute “{str(key)[:63]}”."), f"{pointer}/{key}"
            )
            continue
        if fact.derivation is not None:
            detail = f"{fact.label} is computed from other data; nobody can set it. Leave it out."
            errors.add(ValueRefused("is_computed", detail), f"{pointer}/{key}")
            continue
        try:
            values[key] = within_limits(fact, typed_value(fact.type, fact.choices, raw, strict=strict))
        except ValueRefused as refused:
            refused.detail = f"{fact.label}: {refused.detail}"
            errors.add(refused, f"{pointer}/{key}")
    return values, errors
