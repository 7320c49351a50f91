"""Runs again what a run did, with other options, to compare: nothing is published by it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from common import correlation
from common.actors import Actor
from common.clock import now
from common.digests import digest_of
from common.errors import DomainError
from customers.selectors import scan_build
from ledger.services import announce
from memberships import engines
from memberships.bitmaps import CHUNK
from memberships.choices import RunKind, RunState, Trigger
from memberships.engines import rows_engine
from memberships.errors import BadOptions, NotRepeatable, RunNotFound
from memberships.events import RunRequested
from memberships.models import Run
from memberships.policies import RunPolicy
from memberships.services.asking import Asked, asked_then
from memberships.services.batches import read_batch
from memberships.services.dispatch import send_run

_MOST = {"threads": 64, "shards": 1000, "order": 2**31 - 1, "slice_rows": 2**31}


@transaction.atomic
def request_repeat(*, actor: Actor, run_id: int, options: Mapping[str, Any] | None = None) -> Run:
    """Ask that a run be computed again over the same build, with the rules as they were, at the same instant.

    Afterwards a queued run of the kind "repeat" waits, whose end says whether the same came out. `options` may name
    another engine, threads, shards, slice_rows and the seed of another order.

    Refuses: RunNotFound, NotAllowed, NotRepeatable, UnknownEngine, BadOptions.
    Announces: memberships.run.requested, unless an equal repetition waits already.
    """
    original = Run.objects.select_related("build").filter(pk=run_id).first()
    if original is None:
        raise RunNotFound(f"There is no run {run_id}.")
    if actor.pk is not None:
        RunPolicy().require(actor, "repeat", original.segment_keys)
    chosen = checked_options(options or {})
    asked_before_of(original)
    scope = digest_of({"repeats": original.pk, "options": chosen})
    waiting = Run.objects.select_for_update().filter(state=RunState.QUEUED, scope=scope).first()
    if waiting is not None:
        return waiting
    try:
        with transaction.atomic():
            run = _queued(actor, original, chosen, scope)
    except IntegrityError:
        return Run.objects.get(state=RunState.QUEUED, scope=scope)
    announce(RunRequested(run_id=run.pk, trigger=run.trigger, segment_keys=run.segment_keys), actor=actor)
    transaction.on_commit(partial(send_run, run.pk), robust=True)
    return run


def _queued(actor: Actor, original: Run, options: dict[str, Any], scope: str) -> Run:
    return Run.objects.create(
        kind=RunKind.REPEAT,
        trigger=Trigger.PERSON,
        reason=f"Run {original.pk} again, to compare",
        requested_by_id=actor.pk,
        repeats=original,
        options=options,
        segment_keys=original.segment_keys,
        scope=scope,
        queued_at=now(),
        due_at=now(),
        correlation_id=correlation.current(),
    )


def checked_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were chosen. Refuses: UnknownEngine, BadOptions."""
    chosen = {name: value for name, value in given.items() if value not in (None, "")}
    if "engine" in chosen:
        engines.chosen(str(chosen["engine"]))
    for name, most in _MOST.items():
        value = chosen.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
            raise BadOptions(f"“{name}” is a whole number from 1 to {most:,}.")
    if chosen.get("slice_rows", CHUNK) % CHUNK:
        raise BadOptions(f"“slice_rows” is a multiple of {CHUNK:,}: members are kept in groups of that many customers.")
    if unknown := chosen.keys() - _MOST.keys() - {"engine"}:
        raise BadOptions(f"There is no option “{sorted(unknown)[0][:40]}”. Choose among engine, {', '.join(_MOST)}.")
    return chosen


def asked_before(run: Run) -> Asked:
    """What the run asked that this one repeats. Refuses: NotRepeatable."""
    if run.repeats is None:
        raise NotRepeatable(f"Run {run.pk} names no run that it repeats.")
    return asked_before_of(run.repeats)


def asked_before_of(original: Run) -> Asked:
    """What a run asked, when all of it is still there. Refuses: NotRepeatable."""
    build, as_of, manifest = original.build, original.as_of, original.manifest
    if original.state != RunState.SUCCEEDED or original.kind == RunKind.REPEAT or build is None or as_of is None:
        raise NotRepeatable(f"Run {original.pk} published nothing that another run could be compared with.")
    if "rules" not in manifest:
        raise NotRepeatable(f"Run {original.pk} was made before runs wrote down their rules; it cannot be repeated.")
    if original.kind == RunKind.MICRO:
        read_batch(original)
    else:
        try:
            scan_build(build.pk)
        except DomainError as gone:
            raise NotRepeatable(
                f"The files of profile build {build.number}, which run {original.pk} read, have expired. Builds are "
                "kept for a number of runs, and all go when a customer is erased."
            ) from gone
    scope = [line["segment"] for line in manifest["segments"] if "digest" in line]
    return asked_then({"rules": manifest["rules"], "scope": scope}, build, as_of)


def evaluate_batch(original: Run, asked: Asked) -> tuple[dict[str, str], engines.Evaluation]:
    """Evaluate the rows of a micro-batch again; engine and result. Raises NotRepeatable when they are not kept."""
    evaluation = rows_engine.evaluate_rows(read_batch(original), asked.trees, asked.as_of)
    return {"name": rows_engine.NAME, "version": rows_engine.VERSION}, evaluation
