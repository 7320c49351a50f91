"""Whoever reaches the tables past every page still needs the request: the guards of the database, as they are."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from common.actors import SYSTEM
from taxonomy.services.enactment import enact_version
from tests.conftest import consent_triggers
from tests.factories.grocer import segment_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def guarded(grocer: SimpleNamespace) -> SimpleNamespace:
    """The company with the guards of consent switched on, as they are everywhere but in tests."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, trigger in consent_triggers():
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    return grocer


def commit() -> None:
    """What the end of a transaction asks, without ending the one of the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("reference", ["set-up", "999999", "1; DROP TABLE x"])
def test_enactment__without_an_applied_request__is_refused_at_the_commit(
    guarded: SimpleNamespace, reference: str
) -> None:
    with pytest.raises(DatabaseError, match="without an applied request"), transaction.atomic():
        enact_version(
            actor=SYSTEM,
            kind="change",
            segment_key="anchors",
            content=segment_content("anchors", rule="orders_90d >= 1"),
            rationale="Nobody was asked.",
            expected_outcome="",
            base_version=1,
            request_ref=reference,
        )
        commit()


def test_version__inserted_by_sql_without_an_enactment__is_refused_at_the_commit(guarded: SimpleNamespace) -> None:
    with pytest.raises(DatabaseError, match="only with its enactment"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM taxonomy_segmentversion v"
                " WHERE v.segment_id = (SELECT id FROM taxonomy_segment WHERE key = 'anchors')"
            )
            cursor.execute("UPDATE copied SET id = 1000000, number = 9, state = 'superseded', ended_at = now()")
            cursor.execute("INSERT INTO taxonomy_segmentversion SELECT * FROM copied")
        commit()


def test_guards__of_consent__stand_on_every_table_of_versions() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE 'segportal_%'"
        )
        guarded_tables = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'request_ref'"
            " AND (table_name LIKE '%version' OR table_name LIKE '%enactment')"
        )
        assert {row[0] for row in cursor.fetchall()} <= guarded_tables
