"""Executes a claimed run: one build, one pass over all rules, one publication."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import structlog
from django.db import connection

from common import correlation
from common.actors import SYSTEM
from common.clock import now
from customers.services.builds import build_profiles
from memberships import compiler, engines
from memberships.choices import Phase
from memberships.models import Run
from memberships.selectors.evidence import questions
from memberships.services.claims import Claim, ClaimLost, Heartbeat, claim_run
from memberships.services.manifests import Computed
from memberships.services.publication import publish
from memberships.services.reaping import requeue_or_fail
from taxonomy.rules import segments_used
from taxonomy.selectors import ActiveRule, active_rules

log = structlog.get_logger(__name__)


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

    Afterwards it is succeeded (everything published in one transaction), superseded, cancelled, queued again after a
    mishap, or failed after the third. Called twice, the second call finds nothing. Safe to kill at any point.
    Announces: memberships.run.finished and one memberships.changed for each segment that changed.
    """
    claim = claim_run(run_id)
    if claim is None:
        return None
    run = Run.objects.get(pk=run_id)
    with correlation.bind(run.correlation_id), Heartbeat(claim):
        try:
            state = publish(claim, compute(claim, run))
        except ClaimLost:
            state = Run.objects.values_list("state", flat=True).get(pk=run_id)
            log.info("run.claim_lost", run=run_id, attempt=claim.attempt, state=state)
        except Exception:
            log.exception("run.broke", run=run_id, attempt=claim.attempt)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            state = requeue_or_fail(run_id, code="unexpected", attempt=claim.attempt)
    log.info("run.finished", run=run_id, state=state)
    return state


def compute(claim: Claim, run: Run) -> Computed:
    """Evaluate the run over the newest build; afterwards nothing is published yet. Raises ClaimLost."""
    clock = _Clock()
    build = build_profiles(actor=SYSTEM)
    rules = active_rules()
    as_of = now()
    scope = scope_keys(rules, run.segment_keys)
    wanted = compiler.closure({rule.key: rule.rule for rule in rules if not rule.fault}, scope)
    clock.stop("build")
    claim.note(build=build, as_of=as_of, phase=Phase.EVALUATING, total=len(scope))

    def on_rows(done: int, rows: int) -> None:
        claim.note(done=len(scope) * done // max(rows, 1))

    engine = engines.chosen(run.options.get("engine"))
    options = engines.EngineOptions.of(run.options)
    evaluation = engine.evaluate(build, list(wanted.items()), as_of, options, on_rows)
    evaluation.failures.update({rule.key: rule.fault for rule in rules if rule.fault})
    clock.stop("pass")
    claim.note(phase=Phase.PUBLISHING, done=0)
    return Computed(
        run=run,
        build=build,
        as_of=as_of,
        rules={rule.key: rule for rule in rules if rule.key in scope},
        question=questions(rules),
        evaluation=evaluation,
        engine={"name": engine.name, "version": engine.version},
        seconds=clock.seconds
        | {
            "compile": evaluation.compile_seconds,
            "evaluate": evaluation.evaluate_seconds,
            "bitmaps": evaluation.bitmap_seconds,
        },
        began=clock.began,
    )


def scope_keys(rules: Sequence[ActiveRule], named: Iterable[str]) -> set[str]:
    """The segments that a run computes: all when none is named, else the named ones and what is built on them."""
    named = set(named)
    if not named:
        return {rule.key for rule in rules}
    built_on: Mapping[str, set[str]] = {
        rule.key: set(segments_used(rule.rule)) | ({rule.parent_key} if rule.parent_key else set()) for rule in rules
    }
    scope = {rule.key for rule in rules if rule.key in named}
    reached = set(named)
    while more := {key for key, below in built_on.items() if below & reached} - reached:
        reached |= more
        scope |= more
    return scope
