"""Reactions of the insights to facts."""

from celery import shared_task

from insights.services import forget_erased_customers
from ledger.services import consume


@shared_task(name="insights.on_customer_erased")
def on_customer_erased(entry_id: int) -> None:
    """Empty what people wrote about customers who were erased."""
    with consume(entry_id, "insights.on_customer_erased") as entry:
        if entry:
            forget_erased_customers()
