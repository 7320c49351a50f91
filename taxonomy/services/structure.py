"""The lock over the shape of the taxonomy."""

from django.db import connection

_LOCK = 7_208_101


def hold_structure() -> None:
    """Until the commit no other decision changes the tree or its references.

    Two decisions that are each harmless could together close a circle (A below B, and B below A); one row's lock does
    not see that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
