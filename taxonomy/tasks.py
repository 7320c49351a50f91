"""What a worker does for the taxonomy: proves the rules in force, and reacts when they or their grounds change."""

from celery import shared_task

from common.actors import SYSTEM
from ledger.services import consume
from taxonomy.services import proving, sweeps


@shared_task(name="taxonomy.prove")
def prove(sweep_id: int) -> None:
    """Answer the questions of one round; a second delivery finds nothing to do."""
    proving.prove(sweep_id)


@shared_task(name="taxonomy.reap_proofs")
def reap_proofs() -> None:
    """Take up again the rounds of workers that died, and ask for one that is missing."""
    sweeps.reap_sweeps()
    sweeps.request_missing_proofs()


@shared_task(name="taxonomy.on_grounds_changed")
def on_grounds_changed(entry_id: int) -> None:
    """A rule, an attribute or the customers changed: prove again, if any proof rests on what changed."""
    with consume(entry_id, "taxonomy.on_grounds_changed") as entry:
        if entry:
            sweeps.request_proofs(actor=SYSTEM, reason=entry.event)
