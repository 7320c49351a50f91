"""The gate between freezing and writing: a freeze that was told to stand, stands for whoever writes after it."""

from typing import Final

from django.db import connection

from safeguards.selectors import frozen_keys

_GATE: Final = 7310580


def heed(scope: str) -> set[str]:
    """The frozen keys of this kind, which stay the frozen ones until the end of the open transaction.

    Whoever writes what a freeze may stop asks here first, before it takes the gate of customers or the ledger's chain:
    a freeze waits until those who asked have committed, and who asks later sees it. So nothing moves after the answer
    to a freeze, and nobody waits in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_GATE])
    return frozen_keys(scope)


def shut_gate() -> None:
    """Wait until everybody who heeded the freezes so far has committed, and keep others waiting until our commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_GATE])
