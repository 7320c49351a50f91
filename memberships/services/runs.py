"""Requests, cancels and repeats runs."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction

from common import correlation
from common.actors import Actor
from common.clock import now
from common.digests import digest_of
from common.errors import NotFound
from ledger.services import announce
from memberships.choices import RunKind, RunState, Trigger
from memberships.errors import RunEnded, RunNotFound, RunNotRetriable, UnknownSegments
from memberships.events import RunCancelled, RunRequested
from memberships.models import Run
from memberships.policies import RunPolicy
from memberships.services.dispatch import send_run
from memberships.states import OPEN
from taxonomy.selectors import path_of

EVERYTHING = "all"
# Changes of customers come in bursts; runs asked for by them wait this long to catch the rest of the burst.
DEBOUNCE = timedelta(seconds=3)
_TRIES = 5


def scope_of(segment_keys: Sequence[str]) -> str:
    """What makes two requests equal: the set of their segments."""
    return digest_of(sorted(segment_keys)) if segment_keys else EVERYTHING


@transaction.atomic
def request_run(*, actor: Actor, trigger: str, segment_keys: Sequence[str] = (), reason: str = "") -> Run:
    """Ask for a recompute of the named segments and what depends on them; of all segments when none is named.

    Afterwards a queued run covers the request: a new one, whose message goes out after the commit, or one that was
    queued already and absorbs it.

    Refuses: NotAllowed, UnknownSegments.
    Announces: memberships.run.requested, unless absorbed.
    """
    keys = sorted(set(segment_keys))
    _check_known(keys)
    if actor.pk is not None:
        RunPolicy().require(actor, "request", keys)
    due_at = now() + (DEBOUNCE if trigger == Trigger.PROFILES else timedelta())
    for _ in range(_TRIES):
        absorbing = _absorbing(keys)
        if absorbing is not None:
            if absorbing.due_at > due_at:
                Run.objects.filter(pk=absorbing.pk).update(due_at=due_at)
                transaction.on_commit(partial(send_run, absorbing.pk), robust=True)
            return absorbing
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    kind=RunKind.PARTIAL if keys else RunKind.FULL,
                    trigger=trigger,
                    reason=reason[:300],
                    requested_by_id=actor.pk,
                    segment_keys=keys,
                    scope=scope_of(keys),
                    queued_at=now(),
                    due_at=due_at,
                    correlation_id=correlation.current(),
                )
        except IntegrityError:
            continue  # Somebody queued the same scope in this moment; their run absorbs ours.
        announce(RunRequested(run_id=run.pk, trigger=trigger, segment_keys=keys), actor=actor)
        countdown = max(0.0, (due_at - now()).total_seconds())
        transaction.on_commit(partial(send_run, run.pk, countdown=countdown), robust=True)
        return run
    raise RuntimeError("A run could neither be queued nor absorbed.")


def _absorbing(keys: list[str]) -> Run | None:
    """A queued run that covers the keys. Locked: a worker that claims it waits for us, and so reads what we saw."""
    return (
        Run.objects.select_for_update()
        .filter(state=RunState.QUEUED, scope__in={scope_of(keys), EVERYTHING})
        .order_by("pk")
        .first()
    )


def _check_known(keys: Sequence[str]) -> None:
    errors = []
    for position, key in enumerate(keys):
        try:
            path_of(key)
        except NotFound:
            detail = f"There is no segment “{key}”. Check the key on the taxonomy page."
            errors.append({"code": UnknownSegments.code, "detail": detail, "pointer": f"/segments/{position}"})
    if errors:
        raise UnknownSegments(errors[0]["detail"], errors=errors)


@transaction.atomic
def cancel_run(*, actor: Actor, run_id: int) -> Run:
    """Stop a run that is queued or running; afterwards it is cancelled and whatever its worker still does is dropped.

    Refuses: RunNotFound, NotAllowed, RunEnded.
    Announces: memberships.run.cancelled.
    """
    run = _locked(run_id)
    RunPolicy().require(actor, "cancel", run.segment_keys)
    if run.state not in OPEN:
        raise RunEnded(
            f"Run {run.pk} has already ended ({run.get_state_display().lower()}). There is nothing to cancel."
        )
    run.state = RunState.CANCELLED
    run.ended_at = now()
    run.save(update_fields=["state", "ended_at"])
    announce(RunCancelled(run_id=run.pk), actor=actor)
    return run


@transaction.atomic
def retry_run(*, actor: Actor, run_id: int) -> Run:
    """Request again what a failed or cancelled run should have done; afterwards a queued run covers it.

    Refuses: RunNotFound, NotAllowed, RunNotRetriable.
    Announces: memberships.run.requested, unless absorbed.
    """
    run = _locked(run_id)
    RunPolicy().require(actor, "retry", run.segment_keys)
    if run.state not in {RunState.FAILED, RunState.CANCELLED}:
        raise RunNotRetriable(
            f"Run {run.pk} is {run.get_state_display().lower()}. Only a failed or cancelled run is tried again."
        )
    return request_run(
        actor=actor, trigger=Trigger.PERSON, segment_keys=run.segment_keys, reason=f"Run {run.pk} tried again"
    )


def _locked(run_id: int) -> Run:
    run = Run.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise RunNotFound(f"There is no run {run_id}.")
    return run
