"""Executes a claimed run: one build, one pass over all rules, one publication."""

from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

from common.actors import SYSTEM
from common.clock import now
from customers.services.builds import build_profiles
from memberships import engines
from memberships.choices import Phase, RunKind
from memberships.engines.sharding import NAME as SHARDS
from memberships.models import Run
from memberships.services.asking import Asked, asked_now
from memberships.services.claims import Claim, claim_run
from memberships.services.conclusion import attempt, conclude
from memberships.services.manifests import Computed, computed_from
from memberships.services.repeats import asked_before, evaluate_batch
from memberships.services.shards import split


@dataclass
class _Clock:
    """Seconds by stage."""

    began: float = field(default_factory=perf_counter)
    last: float = field(default_factory=perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def stop(self, stage: str) -> None:
        moment = perf_counter()
        self.seconds[stage] = moment - self.last
        self.last = moment


def execute_run(run_id: int) -> str | None:
    """Compute and publish the run if it waits; its state afterwards, None when there was nothing to take.

    Afterwards it is succeeded (everything published in one transaction; of a repetition: compared), running in shards,
    superseded, cancelled, queued again after a mishap, or failed after the third. Called twice, the second call finds
    nothing. Safe to kill at any point.
    Announces: memberships.run.finished and one memberships.changed for each segment that changed.
    """
    claim = claim_run(run_id)
    return None if claim is None else attempt(claim, partial(_begin, claim))


def _begin(claim: Claim, run: Run) -> str:
    clock = _Clock()
    asked = _ask(claim, run, clock)
    if _is_sharded(run) and asked.build.row_count:
        return split(claim, run, asked, clock.seconds)
    return conclude(claim, _evaluated(claim, run, asked, clock))


def compute(claim: Claim, run: Run) -> Computed:
    """Evaluate the run over the newest build in this process; afterwards nothing is published yet. Raises ClaimLost."""
    clock = _Clock()
    return _evaluated(claim, run, _ask(claim, run, clock), clock)


def _is_sharded(run: Run) -> bool:
    is_batch = run.repeats is not None and run.repeats.kind == RunKind.MICRO
    return engines.chosen(run.options.get("engine")).name == SHARDS and not is_batch


def _ask(claim: Claim, run: Run, clock: _Clock) -> Asked:
    """What the run asks: of a repetition what was asked then, else what is in force now over the newest customers."""
    if run.kind == RunKind.REPEAT:
        asked = asked_before(run)
    else:
        as_of = now()
        asked = asked_now(build_profiles(actor=SYSTEM, as_of=as_of), as_of, run.segment_keys)
    clock.stop("build")
    claim.note(build=asked.build, as_of=asked.as_of, phase=Phase.EVALUATING, total=len(asked.scope))
    return asked


def _evaluated(claim: Claim, run: Run, asked: Asked, clock: _Clock) -> Computed:
    options = engines.EngineOptions.of(run.options)

    def on_rows(done: int, rows: int) -> None:
        claim.note(done=len(asked.scope) * done // max(rows, 1))

    if run.repeats is not None and run.repeats.kind == RunKind.MICRO:
        engine, evaluation = evaluate_batch(run.repeats, asked)
    else:
        chosen = engines.chosen(run.options.get("engine"))
        evaluation = chosen.evaluate(asked.build, asked.trees, asked.as_of, options, on_rows)
        engine = {"name": chosen.name, "version": chosen.version}
    clock.stop("pass")
    claim.note(phase=Phase.PUBLISHING, done=0)
    return computed_from(run, asked, evaluation, engine, clock.seconds, clock.began, options.stored())
