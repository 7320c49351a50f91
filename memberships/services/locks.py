"""The publication lock: whoever changes what is published takes it, and holds it until the commit."""

from typing import Final

from django.db import connection

PUBLICATION: Final = 7310577


def take_publication_lock() -> None:
    """Wait for it within the open transaction. Nothing slow may come after it: micro-batches wait meanwhile.

    Rows of runs are locked before it, the ledger's chain after it, so that nobody waits in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION])
