"""Reading the ledger: entries in words, threads of one story, the proof of the chain, what waits to be handed on."""

import dataclasses
import uuid
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from ledger.choices import HandoffState
from ledger.models import Entry, Handoff
from ledger.policies import EntryPolicy
from ledger.sentences import sentence_of

# The chain is recomputed in the database, window by window, so that a million entries need no memory here.
_FIRST_BREAK = """
SELECT id, reason FROM (
    SELECT e.id,
           CASE WHEN e.id <> coalesce(lag(e.id) OVER w, 0) + 1 THEN 'an entry before it is missing'
                WHEN e.previous_hash <> coalesce(lag(e.hash) OVER w, decode(repeat('00', 32), 'hex'))
                     THEN 'it does not follow from the entry before it'
                WHEN e.hash <> sha256(convert_to(ledger_entry_text(e), 'UTF8')) THEN 'its content was changed'
           END AS reason
    FROM ledger_entry e WINDOW w AS (ORDER BY e.id)
) checked WHERE reason IS NOT NULL ORDER BY id LIMIT 1
"""


@dataclasses.dataclass(frozen=True)
class Line:
    """An entry with its sentence, as a page or the API shows it."""

    entry: Entry
    sentence: str


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


def entries_for(
    *,
    viewer: Any,
    object_type: str | None = None,
    object_key: str | None = None,
    actor: str | None = None,
    event: str | None = None,
    correlation: uuid.UUID | None = None,
) -> QuerySet[Entry]:
    """The entries that the viewer may see, newest first, narrowed by what is given (`event` also by prefix)."""
    rows = EntryPolicy().visible(viewer)
    if object_type:
        rows = rows.filter(object_type=object_type)
    if object_key:
        rows = rows.filter(object_key=object_key)
    if actor:
        rows = rows.filter(actor_name=actor)
    if event:
        rows = rows.filter(Q(event=event) | Q(event__startswith=event.rstrip(".") + "."))
    if correlation:
        rows = rows.filter(correlation_id=correlation)
    return rows


def lines(entries: Any) -> list[Line]:
    """The entries with their sentences."""
    return [Line(entry, sentence_of(entry)) for entry in entries]


def chain_proof() -> ChainProof:
    """Recompute the whole chain in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(id) FROM ledger_entry")
        count, head_id = cursor.fetchone()
        cursor.execute("SELECT encode(hash, 'hex') FROM ledger_entry ORDER BY id DESC LIMIT 1")
        head = cursor.fetchone()
        cursor.execute(_FIRST_BREAK)
        bad = cursor.fetchone()
    return ChainProof(count, head_id or 0, head[0] if head else "", bad[0] if bad else None, bad[1] if bad else None)


def hash_at(entry_id: int) -> str | None:
    """The stored hash of an entry in hexadecimal digits, None when there is no such entry."""
    stored = Entry.objects.filter(pk=entry_id).values_list("hash", flat=True).first()
    return bytes(stored).hex() if stored is not None else None


def dead_handoffs() -> QuerySet[Handoff]:
    """Facts that a consumer failed on too often, newest first."""
    return Handoff.objects.filter(state=HandoffState.DEAD).select_related("entry").order_by("-pk")


def pending_handoffs() -> QuerySet[Handoff]:
    """Facts still owed, oldest first."""
    return Handoff.objects.filter(state=HandoffState.PENDING).select_related("entry").order_by("pk")


def breaches() -> list[str]:
    """What is wrong with the chain, in sentences; empty when it holds."""
    proof = chain_proof()
    return [] if proof.holds else [f"The ledger's chain breaks at entry {proof.first_bad}: {proof.reason}."]
