"""A part of the portal may be away while the others answer: each is asked alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """The answer of one part, or in words why there is none."""

    value: T | None
    trouble: str = ""


def ask(name: str, question: Callable[[], T]) -> Part[T]:
    """The answer, or what is wrong; never an error, since the other parts are to be shown all the same."""
    try:
        return Part(question())
    except Exception as error:  # noqa: BLE001 - whatever a part that is away raises
        log.warning("operations.unanswered", part=name, error=type(error).__name__)
        return Part(None, f"{name} did not answer ({type(error).__name__}). What comes from it is missing here.")
