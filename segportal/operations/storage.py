"""How large the database is and how busy, and what the portal runs on."""

import platform
from dataclasses import dataclass

import django
from django.conf import settings
from django.db import connection

_SIZES = """
    SELECT pg_database_size(current_database()),
           (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
           current_setting('max_connections')::int,
           (SELECT coalesce(extract(epoch FROM max(now() - xact_start)), 0)::float FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()),
           current_setting('server_version')
"""
# Partitions count for their table, indexes and long values too.
_TABLES = """
    SELECT coalesce(parent.relname, own.relname) AS name, sum(pg_total_relation_size(own.oid))::bigint AS bytes,
           sum(greatest(own.reltuples, 0))::bigint AS about
    FROM pg_class own JOIN pg_namespace ON pg_namespace.oid = own.relnamespace AND nspname = current_schema()
    LEFT JOIN pg_inherits ON inhrelid = own.oid LEFT JOIN pg_class parent ON parent.oid = inhparent
    WHERE own.relkind = 'r' GROUP BY 1 ORDER BY 2 DESC LIMIT 8
"""


@dataclass(frozen=True)
class Table:
    """One table: its bytes with all that belongs to it, and about how many rows."""

    name: str
    bytes: int
    about: int


@dataclass(frozen=True)
class Storage:
    """The database: bytes, connections, and for how long its longest transaction has been open."""

    bytes: int
    connections: int
    connections_at_most: int
    longest_seconds: float
    version: str
    tables: tuple[Table, ...]


def storage_figures() -> Storage:
    """Two queries over the catalogue of the server."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES)
        size, used, most, longest, version = cursor.fetchone()
        cursor.execute(_TABLES)
        tables = tuple(Table(*row) for row in cursor.fetchall())
    return Storage(size, used, most, longest, version, tables)


def portal_versions() -> dict[str, str]:
    """What the portal runs on, by name."""
    return {
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "Settings": str(settings.SETTINGS_MODULE).rpartition(".")[2],
    }
