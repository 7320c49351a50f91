"""Checks the chain and keeps what was found."""

import time
from typing import Any

from django.db import transaction

from common.actors import SYSTEM
from common.clock import now
from ledger.events import ChainFoundBroken
from ledger.models import ChainCheck
from ledger.policies import EntryPolicy
from ledger.selectors import chain_proof, last_check
from ledger.services.recording import announce


@transaction.atomic
def check_chain(*, actor: Any = SYSTEM, whole: bool = True) -> ChainCheck:
    """Afterwards it is known, and kept, whether the chain holds: whole, or from where the last check found it holding.

    Refuses: NotAllowed (people who may not read the whole ledger).
    Announces: ChainFoundBroken when it does not hold and did at the last check.
    """
    if actor is not SYSTEM:
        EntryPolicy().require(actor, "read_all")
    before = last_check()
    since = before.head_id if before is not None and before.holds and not whole else 0
    begun = time.monotonic()
    proof = chain_proof(since=since)
    check = ChainCheck.objects.create(
        at=now(),
        since=since,
        head_id=proof.head_id,
        head_hash=proof.head_hash,
        count=proof.count,
        first_bad=proof.first_bad,
        reason=proof.reason or "",
        milliseconds=int((time.monotonic() - begun) * 1000),
        asked_by="" if actor is SYSTEM else actor.get_username(),
    )
    if proof.first_bad is not None and (before is None or before.holds):
        announce(ChainFoundBroken(first_bad=proof.first_bad, reason=proof.reason or ""), actor=actor)
    return check
