"""One correlation id joins a request, what it wrote to the ledger, and every task that follows."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[uuid.UUID | None] = ContextVar("correlation", default=None)


def current_or_none() -> uuid.UUID | None:
    """The bound id, if any."""
    return _current.get()


def current() -> uuid.UUID:
    """The bound id; a fresh one where none is bound (a command, a shell)."""
    return _current.get() or uuid.uuid4()


@contextmanager
def bind(correlation: uuid.UUID) -> Iterator[uuid.UUID]:
    """Bind `correlation` for the block."""
    token = _current.set(correlation)
    try:
        yield correlation
    finally:
        _current.reset(token)
