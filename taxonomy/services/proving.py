"""Proves the taxonomy in force: one round over all questions, published at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from django.db import connection, transaction

from common import correlation
from common.actors import SYSTEM
from common.clock import now
from taxonomy.choices import ProofVerdict, SweepState
from taxonomy.models import Proof, ProofSweep, Segment
from taxonomy.selectors.answering import Answered, Questions, answers_to, questions_about
from taxonomy.selectors.proving import grounds
from taxonomy.services.sweeps import Claim, ClaimLost, claim_sweep, end_attempt, request_proofs

log = structlog.get_logger(__name__)

_LOCK = 7_208_103
_Key = tuple[str, int, int | None]
_WRITTEN = ("verdict", "basis", "reason", "witness", "findings", "digest", "milliseconds", "proved_at")


def prove(sweep_id: int) -> str | None:
    """Answer all questions if the round waits; its state afterwards, None when there was nothing to take.

    Afterwards it is done (all answers stored in one transaction), superseded where rules or facts changed meanwhile
    (nothing is stored and another round waits), queued again after a mishap, or failed after the third.
    Called twice, the second call finds nothing. Safe to kill at any point.
    Announces: nothing; answers are conclusions, not deeds.
    """
    claim = claim_sweep(sweep_id)
    if claim is None:
        return None
    with correlation.bind(ProofSweep.objects.values_list("correlation_id", flat=True).get(pk=sweep_id)):
        try:
            ground = grounds()
            asked = questions_about(ground)
            claim.rows().update(digest=asked.digest)
            answers = answers_to(asked, ground, claim.note)
            state = _published(claim, asked, answers)
        except ClaimLost:
            state = str(ProofSweep.objects.values_list("state", flat=True).get(pk=sweep_id))
            log.info("proofs.claim_lost", sweep=sweep_id, attempt=claim.attempt, state=state)
        except Exception:
            log.exception("proofs.broke", sweep=sweep_id, attempt=claim.attempt)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            state = end_attempt(claim)
    return state


@transaction.atomic
def _published(claim: Claim, asked: Questions, answers: Sequence[Answered]) -> str:
    """Store the answers and close the round. Raises ClaimLost."""
    with connection.cursor() as cursor:
        # Two rounds at once would each delete what the other one has just written.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if not claim.rows().select_for_update().exists():
        raise ClaimLost
    # An older round must not write over what a newer one has found.
    state = SweepState.DONE if questions_about(grounds()).digest == asked.digest else SweepState.SUPERSEDED
    counts = {}
    if state == SweepState.DONE:
        _store(answers)
        counts = {verdict: sum(each.verdict == verdict for each in answers) for verdict in ProofVerdict.values}
    claim.rows().update(state=state, counts=counts, ended_at=now(), heartbeat_at=now(), error="")
    request_proofs(actor=SYSTEM, reason="Rules or facts changed while they were being proved")
    return state.value


def _store(answers: Sequence[Answered]) -> None:
    """Put these answers in the place of all that were stored."""
    ids = dict(Segment.objects.without_tree_fields().values_list("key", "pk"))
    stored = {(row.question, row.first_id, row.second_id): row for row in Proof.objects.all()}
    at = now()
    rows = [_row(answered, ids, stored, at) for answered in answers]
    kept = {(row.question, row.first_id, row.second_id) for row in rows}
    Proof.objects.filter(pk__in=[row.pk for name, row in stored.items() if name not in kept]).delete()
    Proof.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("question", "first", "second"), update_fields=_WRITTEN
    )


def _row(answered: Answered, ids: Mapping[str, int], stored: Mapping[_Key, Proof], at: datetime) -> Proof:
    question, first, second = answered.name
    row = Proof(
        question=question,
        first_id=ids[first],
        second_id=ids[second] if second else None,
        verdict=answered.verdict,
        basis=answered.basis,
        reason=answered.reason,
        witness=answered.witness,
        findings=list(answered.findings),
        digest=answered.digest,
        milliseconds=answered.milliseconds,
        proved_at=at,
    )
    before = stored.get((row.question, row.first_id, row.second_id))
    if before is not None and before.digest == row.digest and before.verdict == row.verdict:
        # The same answer to the same question: its witness and its date stand.
        row.proved_at = before.proved_at
        row.witness = row.witness or before.witness
    return row
