"""The roles and the database inside the embedded PostgreSQL: one role owns and migrates, the other runs the portal."""

import psycopg
from psycopg import sql

from segportal.embedded.places import POSTGRES_PORT, Places
from segportal.embedded.postgres import SUPERUSER

OWNER = "segportal_owner"
APP = "segportal_app"
DATABASE = "segportal"
# The owner may create databases for the tests to have theirs.
RIGHTS = {OWNER: "LOGIN CREATEDB", APP: "LOGIN NOCREATEDB"}
DEFAULTS = """
GRANT USAGE ON SCHEMA public TO segportal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE segportal_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO segportal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE segportal_owner GRANT USAGE, SELECT ON SEQUENCES TO segportal_app;
"""


def prepare(places: Places) -> None:
    """Afterwards both roles and the database exist, and what the owner creates later is open to the application.

    The template database gets the same grants, so that test databases behave alike.
    """
    with _connect(places, "postgres") as connection:
        for role, rights in RIGHTS.items():
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            statement = "ALTER ROLE {} NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS " + rights
            if not known:
                statement = statement.replace("ALTER", "CREATE", 1)
            connection.execute(sql.SQL(statement).format(sql.Identifier(role)))
        missing = not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if missing:
            with _connect(places, "template1") as template:
                template.execute(DEFAULTS)
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
    with _connect(places, DATABASE) as connection:
        connection.execute(DEFAULTS)


def _connect(places: Places, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(places.postgres_sockets),
        port=POSTGRES_PORT,
        user=SUPERUSER,
        dbname=database,
        autocommit=True,
        connect_timeout=30,
    )
