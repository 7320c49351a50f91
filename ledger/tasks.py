"""What the ledger does by itself: sends again, seals readings, publishes heads, checks the chain."""

from celery import shared_task

from ledger import services


@shared_task(name="ledger.sweep")
def sweep() -> None:
    """Send again every owed fact that nobody has taken."""
    services.sweep()


@shared_task(name="ledger.seal_readings")
def seal_readings() -> None:
    """Seal the readings of the last minute into the chain."""
    services.seal_readings()


@shared_task(name="ledger.publish_head")
def publish_head() -> None:
    """Sign the present head and send it out."""
    if services.publish_head() is not None:
        services.deliver_heads()


@shared_task(name="ledger.deliver_heads")
def deliver_heads() -> None:
    """Try again the heads that did not arrive."""
    services.deliver_heads()


@shared_task(name="ledger.check_chain")
def check_chain() -> None:
    """Recompute the whole chain."""
    services.check_chain()
