"""The proof of the chain: recomputed in the database, whole or from an entry that held before."""

import dataclasses

from django.db import connection

from ledger.models import ChainCheck, Entry
from ledger.selectors.readings import first_broken_seal

# Window by window in the database, so that a million entries need no memory here. `since` is the last entry that is
# taken as it is: 0 checks everything, and the first entry must then follow nothing.
FIRST_BREAK = """
SELECT id, reason FROM (
    SELECT e.id,
           CASE WHEN e.id <> coalesce(lag(e.id) OVER w, 0) + 1 THEN 'an entry before it is missing'
                WHEN e.previous_hash <> coalesce(lag(e.hash) OVER w, decode(repeat('00', 32), 'hex'))
                     THEN 'it does not follow from the entry before it'
                WHEN e.hash <> sha256(convert_to(ledger_entry_text(e), 'UTF8')) THEN 'its content was changed'
           END AS reason
    FROM ledger_entry e WHERE e.id >= %s WINDOW w AS (ORDER BY e.id)
) checked WHERE reason IS NOT NULL AND (id > %s OR %s = 0) ORDER BY id LIMIT 1
"""


@dataclasses.dataclass(frozen=True)
class ChainProof:
    """What the check of the chain found: `count` entries up to `head_id`, and the first bad one if any."""

    count: int
    head_id: int
    head_hash: str
    first_bad: int | None
    reason: str | None

    @property
    def holds(self) -> bool:
        return self.first_bad is None


def chain_proof(*, since: int = 0) -> ChainProof:
    """Recompute the chain in the database, from the first entry or from the one after `since`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(id) FROM ledger_entry WHERE id > %s OR %s = 0", [since, since])
        count, head_id = cursor.fetchone()
        cursor.execute("SELECT id, encode(hash, 'hex') FROM ledger_entry ORDER BY id DESC LIMIT 1")
        head = cursor.fetchone()
        cursor.execute(FIRST_BREAK, [since, since, since])
        bad = cursor.fetchone()
    head_id, head_hash = (head[0], head[1]) if head else (0, "")
    return ChainProof(count, head_id, head_hash, bad[0] if bad else None, bad[1] if bad else None)


def hash_at(entry_id: int) -> str | None:
    """The stored hash of an entry in hexadecimal digits, None when there is no such entry."""
    stored = Entry.objects.filter(pk=entry_id).values_list("hash", flat=True).first()
    return bytes(stored).hex() if stored is not None else None


def last_check() -> ChainCheck | None:
    """The newest check of the chain, None when there was none yet."""
    return ChainCheck.objects.first()


def breaches() -> list[str]:
    """What is wrong with the chain and what it seals, in sentences; empty when it holds."""
    proof = chain_proof()
    found = [] if proof.holds else [f"The ledger's chain breaks at entry {proof.first_bad}: {proof.reason}."]
    seal = first_broken_seal()
    if seal is not None:
        found.append(f"The readings that entry {seal} seals are not what they were.")
    return found
