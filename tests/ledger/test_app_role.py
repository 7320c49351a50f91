"""The role that runs the portal may insert facts and nothing else: tried on a connection of its own, as that role."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from ledger.selectors import chain_proof
from segportal.embedded.roles import APP
from tests.ledger.test_chain import note

pytestmark = pytest.mark.django_db

LEDGER = ("ledger_entry", "ledger_reading", "ledger_head")
# What the guards of consent hang on.
CONSENT = ("reviews_vote", "reviews_changerequest", "taxonomy_enactment", "taxonomy_segmentversion")
AGAINST_THE_LEDGER = (
    "UPDATE {0} SET id = id",
    "DELETE FROM {0}",
    "INSERT INTO {0} (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2",
    "MERGE INTO {0} t USING (SELECT 1 AS n) s ON t.id = s.n WHEN MATCHED THEN DELETE",
)
AGAINST_A_TABLE = (
    "TRUNCATE {0} CASCADE",
    "ALTER TABLE {0} DISABLE TRIGGER USER",
    "ALTER TABLE {0} DISABLE TRIGGER ALL",
    "ALTER TABLE {0} ADD COLUMN more text",
    "ALTER TABLE {0} OWNER TO segportal_app",
    "DROP TABLE {0} CASCADE",
    "CREATE RULE swallow AS ON INSERT TO {0} DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON {0} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "COPY {0} TO PROGRAM 'true'",
)
AGAINST_THE_GUARDS = (
    "SET session_replication_role = replica",
    "DROP TRIGGER ledger_entry_append_only ON ledger_entry",
    "DROP FUNCTION ledger_entry_refuse() CASCADE",
    "CREATE OR REPLACE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "ALTER FUNCTION ledger_entry_seal() SECURITY INVOKER",
    "ALTER FUNCTION reviews_votes_suffice(bigint, integer, text) RENAME TO nothing",
    "ALTER ROLE segportal_app SUPERUSER",
    "SET ROLE segportal_owner",
    "ALTER DEFAULT PRIVILEGES FOR ROLE segportal_owner GRANT TRUNCATE ON TABLES TO segportal_app",
    "SELECT pg_terminate_backend(pg_backend_pid()) FROM pg_read_file('PG_VERSION')",
)


@pytest.fixture(scope="module")
def app(django_db_setup: None, django_db_blocker: Any) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the role that runs the portal."""
    with django_db_blocker.unblock():
        given = connection.get_connection_params()
    places = {name: given[name] for name in ("host", "port", "dbname") if given.get(name)}
    try:
        own = psycopg.connect(**places, user=APP, autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("This database server has no role of its own for the portal.")
    with own:
        yield own


@pytest.mark.parametrize(
    "statement",
    [
        *(each.format(table) for table in LEDGER for each in AGAINST_THE_LEDGER),
        *(each.format(table) for table in (*LEDGER, *CONSENT) for each in AGAINST_A_TABLE),
        *AGAINST_THE_GUARDS,
    ],
)
def test_role_of_the_portal__past_the_guards__is_refused_by_the_database(
    app: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)


def test_role_of_the_portal__inserting__cannot_choose_number_time_or_hash(app: psycopg.Connection[Any]) -> None:
    with app.transaction(force_rollback=True):
        # A table of the same name must not stand in for the ledger.
        app.execute("CREATE TEMP TABLE ledger_entry_decoy (LIKE public.ledger_entry)")
        app.execute("SET LOCAL search_path = pg_temp, public")
        app.execute(
            "INSERT INTO public.ledger_entry (id, at, event, actor_name, object_type, object_key, correlation_id,"
            " payload, previous_hash, hash) OVERRIDING SYSTEM VALUE VALUES"
            " (999999, '2001-01-01', 'forged', 'x', 'x', 'x', gen_random_uuid(), '{}', sha256('a'), sha256('b'))"
        )
        found = app.execute(
            "SELECT id, at > '2020-01-01', hash = sha256(convert_to(ledger_entry_text(e), 'UTF8'))"
            " FROM public.ledger_entry e WHERE event = 'forged'"
        ).fetchone()
    assert found is not None and found[0] != 999999 and found[1:] == (True, True)


def test_owner__who_rewrites_the_whole_chain__is_found_by_a_kept_head_alone() -> None:
    """Whoever owns the tables can compute every hash anew; only what left the portal before tells."""
    first, *_, last = note("a", "b", "c")
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(hash, 'hex') FROM ledger_entry WHERE id = %s", [last.pk])
        head = cursor.fetchone()[0]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_entry SET actor_name = 'somebody else' WHERE id = %s", [first.pk])
        cursor.execute(
            "DO $$ DECLARE e ledger_entry; last bytea := decode(repeat('00', 32), 'hex'); BEGIN"
            " FOR e IN SELECT * FROM ledger_entry ORDER BY id LOOP"
            " e.previous_hash := last; e.hash := sha256(convert_to(ledger_entry_text(e), 'UTF8')); last := e.hash;"
            " UPDATE ledger_entry SET previous_hash = e.previous_hash, hash = e.hash WHERE id = e.id; END LOOP; END $$"
        )
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
        cursor.execute("SELECT encode(hash, 'hex') FROM ledger_entry WHERE id = %s", [last.pk])
        rewritten = cursor.fetchone()[0]
    assert chain_proof().holds
    assert rewritten != head
