"""How an attempt of a run ends: published, compared, or with a mishap that becomes another try or a visible stop."""

from collections.abc import Callable

import structlog
from django.db import connection

from common import correlation
from memberships.choices import RunKind
from memberships.models import Run
from memberships.services.advice import advice_for, code_of
from memberships.services.claims import Claim, ClaimLost, Heartbeat
from memberships.services.comparing import compare
from memberships.services.endings import requeue_or_fail
from memberships.services.manifests import Computed
from memberships.services.publication import publish

log = structlog.get_logger(__name__)


def conclude(claim: Claim, computed: Computed) -> str:
    """Publish what was computed, or compare it when the run repeats another; the run's state afterwards."""
    if computed.run.kind == RunKind.REPEAT:
        return compare(claim, computed)
    return publish(claim, computed)


def attempt(claim: Claim, work: Callable[[Run], str]) -> str:
    """Do the work of one attempt under its heartbeat; the run's state afterwards, whatever happens."""
    run = Run.objects.select_related("repeats__build").get(pk=claim.run_id)
    with correlation.bind(run.correlation_id), Heartbeat(claim):
        try:
            state = work(run)
        except ClaimLost:
            state = Run.objects.values_list("state", flat=True).get(pk=run.pk)
            log.info("run.claim_lost", run=run.pk, attempt=claim.attempt, state=state)
        except Exception as error:
            log.exception("run.broke", run=run.pk, attempt=claim.attempt)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            state = requeue_or_fail(run.pk, code=code_of(error), advice=advice_for(error), attempt=claim.attempt)
    log.info("run.attempted", run=run.pk, attempt=claim.attempt, state=state)
    return state
