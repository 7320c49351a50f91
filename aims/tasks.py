"""Reactions and schedules of aims."""

from celery import shared_task

from aims.services.counting import keep_usage as write_usage_down
from aims.services.measuring import measure_objectives
from ledger.services import consume


@shared_task(name="aims.on_run_finished")
def on_run_finished(entry_id: int) -> None:
    """Measures the objectives that are bound to data over the members that the run has found."""
    with consume(entry_id, "aims.on_run_finished") as entry:
        if entry and entry.payload.get("state") == "succeeded":
            measure_objectives()


@shared_task(name="aims.keep_usage")
def keep_usage() -> None:
    """Writes down by day how segments were used."""
    write_usage_down()
