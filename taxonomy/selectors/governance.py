"""Whether a board decides about a type of thing: asked of the apps that know boards."""

from typing import Any

from common.providers import providers
from taxonomy.errors import Governed


def deciding_board(subject_type: str) -> str | None:
    """The name of the board that decides about this type everywhere; None while no board does."""
    found = (ask(subject_type) for ask in providers("GOVERNING"))
    return next((name for name in found if name), None)


def refuse_while_governed(subject_type: str, noun: str) -> None:
    """Raise `Governed` where a board decides: what it decides about is never written directly."""
    board = deciding_board(subject_type)
    if board is not None:
        raise Governed(f"{board} decides about {noun}. Propose the change as a request; it takes effect once approved.")


def functions_of(user: Any) -> frozenset[str]:
    """The functions that a person speaks for: their own, and those of the seats that they hold."""
    own = getattr(user, "function", "")
    held = {function for ask in providers("FUNCTIONS_HELD") for function in ask(user)}
    return frozenset(held | ({own} if own else set()))
