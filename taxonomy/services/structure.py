"""The locks over the shape of the taxonomy and over the words of the glossary."""

from django.db import connection

_LOCK = 7_208_101
_WORDS = 7_208_102


def hold_structure() -> None:
    """Until the commit no other decision changes the tree or its references.

    Two decisions that are each harmless could together close a circle (A below B, and B below A); one row's lock does
    not see that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def hold_words() -> None:
    """Until the commit no other decision changes a governed word.

    Two decisions that are each harmless could together give one spelling to two words; one row's lock does not see
    that.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WORDS])
