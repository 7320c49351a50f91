"""The sweep that repeats what a broker lost."""

from celery import shared_task

from ledger.services import sweep as sweep_handoffs


@shared_task(name="ledger.sweep")
def sweep() -> None:
    """Send again every owed fact that nobody has taken."""
    sweep_handoffs()
