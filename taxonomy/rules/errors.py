"""What is said when a rule is refused: every fault with its code, its plain words and its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: line and column (from 1) in a text, or a JSON pointer in a tree."""

    line: int | None = None
    column: int | None = None
    pointer: str | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason to refuse a rule; `suggestion` is what could be written instead, where that is known."""

    code: str
    detail: str
    place: Place = NOWHERE
    suggestion: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fault as the API prints it: code, detail and the position (text) or the pointer (tree)."""
        described: dict[str, Any] = {"code": self.code, "detail": self.detail}
        if self.place.line is not None:
            described["position"] = {"line": self.place.line, "column": self.place.column}
        if self.place.pointer is not None:
            described["pointer"] = self.place.pointer
        return described


class RuleError(ValueError):
    """A rule was refused. `errors` holds every fault found, in the order in which they stand."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.errors: tuple[Fault, ...] = tuple(faults)
        super().__init__("; ".join(_sentence(fault) for fault in self.errors))

    @property
    def code(self) -> str:
        """The code of the first fault."""
        return self.errors[0].code

    @property
    def detail(self) -> str:
        """The words of the first fault."""
        return self.errors[0].detail

    @property
    def line(self) -> int | None:
        """The line of the first fault, from 1; None for a rule that came as a tree."""
        return self.errors[0].place.line

    @property
    def column(self) -> int | None:
        """The column of the first fault, in characters from 1; None for a rule that came as a tree."""
        return self.errors[0].place.column

    @property
    def pointer(self) -> str | None:
        """The JSON pointer of the first fault; None for a rule that came as text."""
        return self.errors[0].place.pointer

    @property
    def suggestion(self) -> str | None:
        """What could be written instead, where that is known."""
        return self.errors[0].suggestion

    def as_dicts(self) -> list[dict[str, Any]]:
        """All faults as the API prints them."""
        return [fault.as_dict() for fault in self.errors]


class WrongValueError(ValueError):
    """A customer's value does not have the type that the rule was checked against."""


def _sentence(fault: Fault) -> str:
    if fault.place.line is not None:
        return f"line {fault.place.line}, column {fault.place.column}: {fault.detail}"
    if fault.place.pointer is not None:
        return f"{fault.place.pointer or '/'}: {fault.detail}"
    return fault.detail
