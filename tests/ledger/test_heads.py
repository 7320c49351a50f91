"""Heads of the chain leave the portal, signed; checks are kept; every kind of tampering is found."""

import json
import random
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection

from common.clock import now
from ledger.choices import DeliveryState
from ledger.models import Entry, Head, HeadDelivery
from ledger.selectors import chain_proof, hash_at
from ledger.services import check_chain, deliver_heads, publish_head, retry_delivery
from ledger.services.heads import MOST_ATTEMPTS
from ledger.services.signing import is_signed, public_key
from tests.factories.people import make_cast
from tests.ledger.test_chain import as_superuser, note

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> Path:
    settings.SEGPORTAL_HEADS_FILE = str(tmp_path / "elsewhere" / "heads.jsonl")
    return tmp_path / "elsewhere" / "heads.jsonl"


def test_publish_head__something_new__is_signed_and_reaches_file_and_mail(kept: Path, settings: Any) -> None:
    settings.SEGPORTAL_HEADS_MAIL = ["auditor@example.org"]
    newest = note("a", "b")[-1]
    head = publish_head()
    assert head is not None
    assert deliver_heads() == 2
    line = json.loads(kept.read_text())
    assert (line["id"], line["hash"]) == (newest.pk, hash_at(newest.pk))
    assert is_signed(head.document, head.signature, public_key())
    assert line["hash"] in mail.outbox[0].body
    call_command("verify_ledger", head=kept, key=public_key())


def test_publish_head__nothing_new__publishes_nothing(kept: Path) -> None:
    note("a")
    assert publish_head() is not None
    assert publish_head() is None


def test_verify_ledger__a_forged_head__is_not_signed_by_the_key(kept: Path) -> None:
    note("a", "b")
    publish_head()
    deliver_heads()
    forged = json.loads(kept.read_text()) | {"id": 1, "hash": hash_at(1)}
    kept.write_text(json.dumps(forged))
    with pytest.raises(SystemExit):
        call_command("verify_ledger", head=kept, key=public_key())


def test_head__changed_by_sql__is_refused(kept: Path) -> None:
    note("a")
    publish_head()
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET hash = 'x'")


def test_deliver_heads__a_place_that_refuses__is_given_up_visibly_and_can_be_retried(kept: Path, settings: Any) -> None:
    kept.parent.mkdir()
    kept.mkdir()
    note("a")
    publish_head()
    at = now()
    for _ in range(MOST_ATTEMPTS):
        at += timedelta(days=1)
        with time_machine.travel(at, tick=False):
            assert deliver_heads() == 0
    delivery = HeadDelivery.objects.get()
    assert delivery.state == DeliveryState.FAILED
    assert delivery.error
    kept.rmdir()
    retry_delivery(actor=make_cast().administrator, delivery_id=delivery.pk)
    assert deliver_heads() == 1


def test_deliver_heads__webhook__posts_the_line_and_follows_no_redirect(kept: Path, settings: Any) -> None:
    answers, got = iter([302, 200]), []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(next(answers))
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        settings.SEGPORTAL_HEADS_FILE = ""
        settings.SEGPORTAL_HEADS_URL = f"http://127.0.0.1:{server.server_port}/heads"
        note("a")
        publish_head()
        assert deliver_heads() == 0
        with time_machine.travel(now() + timedelta(hours=1), tick=False):
            assert deliver_heads() == 1
    finally:
        server.shutdown()
        server.server_close()
    assert len(got) == 2
    assert json.loads(got[1])["hash"] == Head.objects.get().hash


def test_check_chain__since_the_last_check__looks_at_the_new_entries_and_finds_what_is_wrong_there() -> None:
    note("a", "b")
    assert check_chain().holds
    ids = [entry.pk for entry in note("c", "d")]
    partly = check_chain(whole=False)
    assert partly.holds
    assert partly.count == 2
    as_superuser(f"UPDATE ledger_entry SET actor_name = 'x' WHERE id = {ids[1]}")
    assert check_chain().first_bad == ids[1]
    assert Entry.objects.filter(event="ledger.chain.broken").count() == 1


def _tamper(chance: random.Random, ids: list[int]) -> tuple[str, int | None]:
    """A statement of one random tampering, and the entry where it must show (None: only against a head)."""
    at = chance.randrange(1, len(ids) - 1)
    kind = chance.choice(["edit", "delete", "swap", "insert", "truncate", "backdate", "other_hash"])
    if kind == "edit":
        column = chance.choice(["actor_name", "event", "object_key"])
        return f"UPDATE ledger_entry SET {column} = 'forged' WHERE id = {ids[at]}", ids[at]
    if kind == "delete":
        return f"DELETE FROM ledger_entry WHERE id = {ids[at]}", ids[at + 1]
    if kind == "swap":
        return (
            f"UPDATE ledger_entry e SET payload = o.payload FROM ledger_entry o WHERE e.id = {ids[at]}"
            f" AND o.id = {ids[at - 1]}",
            ids[at],
        )
    if kind == "insert":
        return (
            "INSERT INTO ledger_entry SELECT max(id) + 2, now(), 'x', NULL, 'x', 'x', 'x', gen_random_uuid(), '{}',"
            " sha256('a'), sha256('b') FROM ledger_entry",
            ids[-1] + 2,
        )
    if kind == "backdate":
        return f"UPDATE ledger_entry SET at = at - interval '1 day' WHERE id = {ids[at]}", ids[at]
    if kind == "other_hash":
        return f"UPDATE ledger_entry SET hash = sha256('x') WHERE id = {ids[at]}", ids[at]
    return f"DELETE FROM ledger_entry WHERE id > {ids[at]}", None


def test_chain__two_hundred_random_tamperings__every_one_is_found_at_its_place() -> None:
    ids = [entry.pk for entry in note(*(f"thing-{number}" for number in range(12)))]
    head = (ids[-1], hash_at(ids[-1]))
    chance = random.Random(7)  # a seed of a test
    for _ in range(200):
        statement, bad = _tamper(chance, ids)
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT untouched")
            as_superuser(statement)
            proof = chain_proof()
            if bad is None:
                assert proof.holds
                assert hash_at(head[0]) != head[1]
            else:
                assert proof.first_bad == bad, statement
            cursor.execute("ROLLBACK TO SAVEPOINT untouched")
    assert chain_proof().holds
