"""Reading by several statements as if at one instant."""

import psycopg
import pytest
from django.db import connection

from common.snapshots import one_state

pytestmark = pytest.mark.django_db(transaction=True)


def count_of_links() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_link")
        return int(cursor.fetchone()[0])


def test_one_state__others_commit_meanwhile__sees_what_was_there_at_first() -> None:
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        with one_state():
            assert count_of_links() == 0
            other.execute(
                "INSERT INTO customers_link (kind, name, external_id, clock, created_at)"
                " VALUES ('anonymous', 'n', 'c', '[]', now())"
            )
            with one_state():
                assert count_of_links() == 0
        assert count_of_links() == 1
