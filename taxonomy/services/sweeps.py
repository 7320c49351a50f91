"""Rounds of proofs: asked for, claimed by one worker, taken up again when it died."""

import dataclasses
from datetime import timedelta
from functools import partial
from time import monotonic

import structlog
from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from common import correlation
from common.actors import SYSTEM, Actor
from common.clock import now
from ledger.services import announce
from taxonomy import policies
from taxonomy.choices import SweepState
from taxonomy.events import ProofsRequested
from taxonomy.models import ProofSweep
from taxonomy.selectors.answering import questions_about
from taxonomy.selectors.proving import grounds

log = structlog.get_logger(__name__)

TASK = "taxonomy.prove"
SILENT_AFTER = timedelta(seconds=60)
RESEND_AFTER = timedelta(seconds=20)
MAX_ATTEMPTS = 3
GIVEN_UP = (
    "The worker stopped three times while it proved the taxonomy. The answers shown are those found before. An "
    "administrator finds the cause in the log; then prove again."
)
_NOTED_EVERY = 0.5


class ClaimLost(Exception):
    """The round was given to another worker while this one worked on it."""


@dataclasses.dataclass
class Claim:
    """The hold of one attempt on a round; one that was taken up again finds nothing to update."""

    sweep_id: int
    attempt: int
    noted_at: float = 0.0

    def rows(self) -> QuerySet[ProofSweep]:
        """The round, while this attempt still holds it."""
        return ProofSweep.objects.filter(pk=self.sweep_id, state=SweepState.RUNNING, attempts=self.attempt)

    def note(self, done: int, total: int) -> None:
        """Write progress and a sign of life, a few times a second at most. Raises ClaimLost when the hold is gone."""
        if monotonic() - self.noted_at < _NOTED_EVERY and done != total:
            return
        self.noted_at = monotonic()
        if not self.rows().update(heartbeat_at=now(), done=done, total=total):
            raise ClaimLost


@transaction.atomic
def request_proofs(*, actor: Actor, reason: str = "") -> ProofSweep | None:
    """A queued round covers the taxonomy as it stands: a new one, or one that waits already and absorbs the request.

    Asked by the portal itself, nothing happens (None) when the newest round has answered for just these rules and
    facts. A person who asks always gets a round.

    Refuses: NotAllowed.
    Announces: `taxonomy.proofs.requested` when a person asks.
    """
    if actor.pk is not None:
        policies.proofs.require(actor, "request")
        sweep = _queued(actor, reason or "A person asked")
        announce(ProofsRequested(sweep_id=sweep.pk), actor=actor)
        return sweep
    return None if _is_answered() else _queued(actor, reason)


def request_missing_proofs() -> ProofSweep | None:
    """A round is queued where none has answered for the rules, facts and prover of now, as after an upgrade, of which
    no event tells. None where one has, or where the newest waits, runs or failed: a failed one is repeated by a person.

    Announces: nothing.
    """
    newest = ProofSweep.objects.order_by("-pk").first()
    if newest is not None and newest.state != SweepState.DONE:
        return None
    return request_proofs(actor=SYSTEM, reason="No round has answered for the rules and facts in force")


def _is_answered() -> bool:
    """Whether the newest round has answered for today's rules and facts, or is about to."""
    newest = ProofSweep.objects.order_by("-pk").first()
    if newest is None or newest.state not in (SweepState.DONE, SweepState.RUNNING):
        return False
    return newest.digest == questions_about(grounds()).digest


def _queued(actor: Actor, reason: str) -> ProofSweep:
    # Locked: a worker that claims it waits for us, and so reads what we saw.
    waiting = ProofSweep.objects.select_for_update().filter(state=SweepState.QUEUED).first()
    if waiting is not None:
        return waiting
    try:
        with transaction.atomic():
            sweep = ProofSweep.objects.create(
                reason=reason[:300],
                requested_by_id=actor.pk,
                queued_at=now(),
                correlation_id=correlation.current(),
            )
    except IntegrityError:
        # Somebody queued a round in this moment; it has not begun, so it covers ours.
        return ProofSweep.objects.get(state=SweepState.QUEUED)
    transaction.on_commit(partial(send_sweep, sweep.pk), robust=True)
    return sweep


def send_sweep(sweep_id: int) -> bool:
    """Tell a worker that a round waits; whether the broker took it. The reaper repeats what it did not take."""
    try:
        current_app.send_task(TASK, args=[sweep_id], retry=False)
    except Exception as error:  # noqa: BLE001
        # Whatever the transport raises, the row stands and the reaper sends it again.
        log.warning("proofs.unsent", sweep=sweep_id, error=type(error).__name__)
        return False
    return True


def claim_sweep(sweep_id: int) -> Claim | None:
    """Take a queued round; afterwards it is running and ours. None when there is nothing to take."""
    moment = now()
    taken = ProofSweep.objects.filter(pk=sweep_id, state=SweepState.QUEUED).update(
        state=SweepState.RUNNING, attempts=F("attempts") + 1, started_at=moment, heartbeat_at=moment, done=0, total=0
    )
    if not taken:
        return None
    return Claim(sweep_id, ProofSweep.objects.values_list("attempts", flat=True).get(pk=sweep_id))


def reap_sweeps() -> int:
    """Rounds without a sign of life wait again, or have failed after three attempts; waiting ones are sent again.

    How many messages went out. Safe at any time and in parallel.
    Announces: nothing.
    """
    silent = ProofSweep.objects.filter(state=SweepState.RUNNING, heartbeat_at__lt=now() - SILENT_AFTER)
    for sweep_id, attempt in silent.values_list("pk", "attempts"):
        end_attempt(Claim(sweep_id, attempt), silent_only=True)
    waiting = ProofSweep.objects.filter(state=SweepState.QUEUED, queued_at__lt=now() - RESEND_AFTER)
    return sum(send_sweep(sweep_id) for sweep_id in waiting.values_list("pk", flat=True))


@transaction.atomic
def end_attempt(claim: Claim, *, silent_only: bool = False) -> str:
    """The attempt is over without answers: the round waits again, has failed after the third, or is done by another
    one that waits. The state that it is in; nothing changes where the attempt holds it no more.

    Announces: nothing.
    """
    rows = claim.rows()
    if silent_only:
        rows = rows.filter(heartbeat_at__lt=now() - SILENT_AFTER)
    sweep = rows.select_for_update().first()
    if sweep is None:
        return str(ProofSweep.objects.values_list("state", flat=True).get(pk=claim.sweep_id))
    if sweep.attempts < MAX_ATTEMPTS:
        try:
            with transaction.atomic():
                ProofSweep.objects.filter(pk=sweep.pk).update(state=SweepState.QUEUED)
            return SweepState.QUEUED.value
        except IntegrityError:
            return _closed(sweep, "Another round was queued meanwhile and does this work.")
    return _closed(sweep, GIVEN_UP)


def _closed(sweep: ProofSweep, error: str) -> str:
    ProofSweep.objects.filter(pk=sweep.pk).update(state=SweepState.FAILED, error=error, ended_at=now())
    log.warning("proofs.ended", sweep=sweep.pk, error=error)
    return SweepState.FAILED.value
