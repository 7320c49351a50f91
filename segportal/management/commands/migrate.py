"""`migrate`, run as the role that owns the tables and followed by the grants of the portal's own role."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from psycopg import sql


class Command(Migrate):
    """Migrates as DATABASE_OWNER; afterwards the portal's role may use the tables, but only insert into the ledger."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        portal = dict(connection.settings_dict)
        owner = settings.DATABASE_OWNER
        separate = settings.DATABASE_ROLES_SEPARATED and portal.get("USER") != owner.get("USER")
        if not separate:
            super().handle(*args, **options)
            return
        connection.close()
        connection.settings_dict.update(
            {key: owner.get(key, "") for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
        )
        connection.settings_dict["OPTIONS"] = {**portal.get("OPTIONS", {}), **owner.get("OPTIONS", {})}
        try:
            super().handle(*args, **options)
            _grant(connection, str(portal["USER"]))
        finally:
            connection.close()
            connection.settings_dict.update(portal)


def _grant(connection: Any, role: str) -> None:
    """Repeatable: what the portal's role may do, whatever was granted before."""
    name = sql.Identifier(role)
    statements = [
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE ALL ON ledger_entry, ledger_reading, ledger_head FROM {role}",
        "GRANT SELECT, INSERT ON ledger_entry, ledger_reading, ledger_head TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('ledger_reading')")
        if cursor.fetchone()[0] is None:
            return
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(role=name))
