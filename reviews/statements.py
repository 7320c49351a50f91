"""What an author declares with a request besides its content: who is affected, the way back, predictions, answers."""

from collections.abc import Mapping
from typing import Any

from common.errors import Invalid

FIELDS = ("affected", "rollback", "notice", "quick_win", "moments", "prediction", "ethics", "assumptions", "shadow")


def checked_statement(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The declaration with known parts only; `Invalid` with a pointer below /statement for others."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise Invalid("The statement is an object.", code="wrong_type", pointer="/statement")
    for name in given:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise Invalid(f"A statement has no {name}. Known: {known}.", pointer=f"/statement/{name}")
    return dict(given)
