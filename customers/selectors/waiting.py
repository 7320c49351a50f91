"""What has reached the portal and is not yet in a state of members."""

from datetime import datetime

from django.db import connection

# The oldest changed customer after a watermark; and the oldest event of which nobody knows yet whose it is.
_OLDEST = """
    SELECT least(
        (SELECT coalesce(arrived_at, changed_at) FROM customers_customer
         WHERE changed_seq > %s ORDER BY changed_seq LIMIT 1),
        (SELECT received_at FROM customers_event WHERE applied_at IS NULL ORDER BY id LIMIT 1)
    )
"""


def oldest_waiting(*, after: int) -> datetime | None:
    """When the oldest of what a state up to the change number `after` lacks was received, if it lacks anything."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, [after])
        row = cursor.fetchone()
    found: datetime | None = row[0] if row else None
    return found
