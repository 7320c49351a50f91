"""Reactions of the insights to facts."""

from celery import shared_task

from insights.services import forget_erased_customers
from insights.services.forecasts import keep_forecasts
from insights.services.forecasts import measure_due as measure
from ledger.services import consume


@shared_task(name="insights.on_customer_erased")
def on_customer_erased(entry_id: int) -> None:
    """Empty what people wrote about customers who were erased."""
    with consume(entry_id, "insights.on_customer_erased") as entry:
        if entry:
            forget_erased_customers()


@shared_task(name="insights.on_request_applied")
def on_request_applied(entry_id: int) -> None:
    """Keep what the proposer committed to."""
    with consume(entry_id, "insights.on_request_applied") as entry:
        if entry:
            keep_forecasts(request_id=entry.payload["request_id"])


@shared_task(name="insights.measure_due")
def measure_due() -> None:
    """Measure the predictions whose day has come."""
    measure()
