"""The one place that asks for the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.utils import timezone

_BEHIND: ContextVar[timedelta] = ContextVar("behind", default=timedelta())


def now() -> datetime:
    """The current instant, UTC aware."""
    return timezone.now() - _BEHIND.get()


@contextmanager
def set_back(by: timedelta) -> Iterator[None]:
    """Within the block `now()` lies that far in the past, so that the demonstration company has one.

    The ledger is not moved by it: its entries bear the time of the database. Only `demo` may set the clock back.
    """
    if by < timedelta():
        raise ValueError("The clock is set back, never forward.")
    before = _BEHIND.set(by)
    try:
        yield
    finally:
        _BEHIND.reset(before)
