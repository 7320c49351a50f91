"""`python -m segportal.embedded PROGRAM ...`: runs psql, pg_dump or pg_restore on the embedded database."""

import os
import sys

from segportal.embedded import is_running
from segportal.embedded.places import POSTGRES_PORT, places_of
from segportal.embedded.programs import postgres_programs
from segportal.embedded.roles import DATABASE, OWNER
from segportal.settings.env import DATA_DIR


def main(arguments: list[str]) -> None:
    places = places_of(DATA_DIR)
    programs = postgres_programs(places)
    known = sorted(path.name for path in programs.iterdir() if path.name.startswith(("pg_dump", "pg_restore", "psql")))
    if not arguments or arguments[0] not in known:
        sys.exit(f"usage: python -m segportal.embedded {'|'.join(known)} [options]")
    if not is_running(DATA_DIR, broker=False):
        sys.exit(f"No database runs on {DATA_DIR}. Start the portal first (make run), or set DATA_DIR.")
    where = {
        "PGHOST": str(places.postgres_sockets),
        "PGPORT": str(POSTGRES_PORT),
        "PGUSER": OWNER,
        "PGDATABASE": DATABASE,
    }
    os.execve(programs / arguments[0], arguments, os.environ | where)  # noqa: S606  (no shell is meant)


if __name__ == "__main__":
    main(sys.argv[1:])
