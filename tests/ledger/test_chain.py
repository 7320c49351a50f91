"""The chain: only the database numbers, times and hashes facts, and any change shows."""

import json
import threading
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, close_old_connections, connection, transaction

from common.actors import SYSTEM
from common.events import Event
from ledger.models import Entry
from ledger.selectors import chain_proof
from ledger.services import announce

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class Noted(Event):
    name = "test.thing.noted"
    object_type = "segment"
    sentence = "noted {thing}"
    thing: str

    @property
    def object_key(self) -> str:
        return self.thing


def note(*things: str) -> list[Entry]:
    with transaction.atomic():
        return [announce(Noted(thing=thing), actor=SYSTEM) for thing in things]


def as_superuser(statement: str) -> None:
    """What somebody with the owner's password and no scruples could do."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")


def test_announce__several_facts__numbered_without_gap_and_chained() -> None:
    first, second = note("a", "b")
    assert second.pk == first.pk + 1
    stored = Entry.objects.get(pk=second.pk)
    assert bytes(stored.previous_hash) == bytes(Entry.objects.get(pk=first.pk).hash)
    assert stored.at is not None
    assert chain_proof().holds


def test_announce__outside_a_transaction__is_a_programming_error(transactional_db: None) -> None:
    with pytest.raises(RuntimeError):
        announce(Noted(thing="a"), actor=SYSTEM)


@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET event = 'x'", "DELETE FROM ledger_entry"])
def test_entry__changed_by_sql__is_refused(statement: str) -> None:
    note("a")
    with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


def test_entry__inserted_with_chosen_id_time_and_hash__gets_its_own() -> None:
    (first,) = note("a")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry"
            " (id, at, event, actor_name, object_type, object_key, correlation_id, payload, hash)"
            " OVERRIDING SYSTEM VALUE"
            " VALUES (999, '2001-01-01', 'forged', 'x', 'x', 'x', gen_random_uuid(), '{}', 'ab')"
        )
    forged = Entry.objects.get(event="forged")
    assert forged.pk == first.pk + 1
    assert forged.at.year > 2001
    assert chain_proof().holds


@pytest.mark.parametrize(
    ("statement", "bad", "reason"),
    [
        ('UPDATE ledger_entry SET payload = \'{"thing": "z"}\' WHERE id = {1}', 1, "its content was changed"),
        ("UPDATE ledger_entry SET actor_name = 'else' WHERE id = {0}", 0, "its content was changed"),
        ("DELETE FROM ledger_entry WHERE id = {1}", 2, "an entry before it is missing"),
        ("UPDATE ledger_entry SET previous_hash = sha256('x') WHERE id = {2}", 2, "does not follow"),
    ],
)
def test_chain__tampered_by_the_owner__first_bad_entry_is_named(statement: str, bad: int, reason: str) -> None:
    ids = [entry.pk for entry in note("a", "b", "c")]
    for position, entry_id in enumerate(ids):
        statement = statement.replace(f"{{{position}}}", str(entry_id))
    as_superuser(statement)
    proof = chain_proof()
    assert proof.first_bad == ids[bad]
    assert reason in (proof.reason or "")


def test_verify_ledger__newest_removed__found_only_with_an_old_head(tmp_path: Any, capsys: Any) -> None:
    ids = [entry.pk for entry in note("a", "b")]
    head = tmp_path / "head.json"
    call_command("verify_ledger", write_head=head)
    assert json.loads(head.read_text())["id"] == ids[-1]
    call_command("verify_ledger", head=head)
    as_superuser(f"DELETE FROM ledger_entry WHERE id = {ids[-1]}")
    call_command("verify_ledger")
    with pytest.raises(SystemExit):
        call_command("verify_ledger", head=head)
    assert "removed" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_announce__twenty_writers_at_once__one_chain() -> None:
    barrier = threading.Barrier(20)

    def write(number: int) -> None:
        barrier.wait()
        note(f"thing-{number}")
        close_old_connections()
        connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    proof = chain_proof()
    assert proof.count == 20
    assert proof.holds
