"""The check of a chain of a million entries, against hashing the same texts in Python. `python -m bench.ledger`."""

import hashlib
import json
import os
from time import perf_counter
from typing import Any

from bench import stage

ENTRIES = int(os.environ.get("ENTRIES", "1000000"))


_FILL = """
DO $$
DECLARE e ledger_entry; last bytea := decode(repeat('00', 32), 'hex');
BEGIN
    FOR number IN 1..ENTRIES LOOP
        e := ROW(number, clock_timestamp(), 'reviews.vote.cast', 1, 'person', 'request', number::text,
                 gen_random_uuid(), jsonb_build_object('request_id', number, 'verdict', 'approve'), last, NULL);
        e.hash := sha256(convert_to(ledger_entry_text(e), 'UTF8'));
        last := e.hash;
        INSERT INTO ledger_entry SELECT e.*;
    END LOOP;
END $$
"""


def chain(entries: int = ENTRIES) -> dict[str, Any]:
    """Whole check by the selector, check of the newest thousand, and the peer: the same texts hashed one by one."""
    from django.db import connection

    from ledger.selectors import chain_proof

    _fill(entries)
    began = perf_counter()
    proof = chain_proof()
    whole = perf_counter() - began
    assert proof.holds
    assert proof.count == entries
    began = perf_counter()
    newest = chain_proof(since=entries - 1000)
    part = perf_counter() - began
    assert newest.count == 1000
    began = perf_counter()
    previous = bytes(32)
    with connection.connection.cursor("texts") as cursor:
        cursor.execute("SELECT ledger_entry_text(e), e.previous_hash, e.hash FROM ledger_entry e ORDER BY id")
        for text, before, stored in cursor:
            assert before == previous
            previous = hashlib.sha256(text.encode()).digest()
            assert previous == stored
    peer = perf_counter() - began
    return {
        "benchmark": "ledger_check",
        "entries": entries,
        "seconds": round(whole, 2),
        "newest_thousand_ms": round(part * 1000, 1),
        "peers": {"python_loop": {"seconds": round(peer, 2), "times_slower": round(peer / whole, 1)}},
    }


def _fill(entries: int) -> None:
    """A chain as the trigger would have made it, in one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_seal")
        cursor.execute(_FILL.replace("ENTRIES", str(int(entries))))
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_seal")
        cursor.execute("ANALYZE ledger_entry")


if __name__ == "__main__":
    with stage.portal():
        from django.db import transaction

        with transaction.atomic():
            print(json.dumps(chain()))
