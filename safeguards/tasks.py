"""What a worker does for freezes."""

from celery import shared_task

from safeguards.services import lift_ended


@shared_task(name="safeguards.lift_ended")
def lift_ended_freezes() -> None:
    """Lift the freezes whose time is over."""
    lift_ended()
