"""The locks of the data storey: one writer of builds, one applier of events, and an instant without anybody in the
middle of changing customers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import OperationalError, connection, transaction

from common.errors import Unavailable
from customers.selectors import newest_change
from customers.services.merging import WRITERS_GATE

ONE_WRITER: Final = 7310573
SOLE_APPLIER: Final = 7310576


@contextmanager
def _held(key: int, patience: str) -> Iterator[None]:
    # Of the session, not of the transaction: it must outlive the reading transaction, or end before it.
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
                cursor.execute("SELECT pg_advisory_lock(%s)", [key])
                cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
        except OperationalError as error:
            raise Unavailable("Customer data is being written without a pause; try again in a minute.") from error
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def one_writer() -> Iterator[None]:
    """Only one build is written at a time; others wait, and then mostly find that theirs is there already."""
    with _held(ONE_WRITER, "10min"):
        yield


@contextmanager
def sole_applier() -> Iterator[bool]:
    """Whether this session is the one that applies events; nobody waits. Two would decide about the same ids from what
    neither has committed. It ends with the block, and with the connection of a killed worker.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SOLE_APPLIER])
        is_sole: bool = cursor.fetchone()[0]
    try:
        yield is_sole
    finally:
        # A connection that broke has let go already; what broke it is what the caller must hear.
        if is_sole and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SOLE_APPLIER])


def settled_watermark() -> int:
    """The newest change, when every smaller one is committed too.

    A change takes its number before it commits. The gate is shut for an instant: it opens to us when all writers have
    committed, and whoever writes afterwards takes larger numbers.
    """
    with _held(WRITERS_GATE, "15s"):
        return newest_change()
