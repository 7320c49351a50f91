"""What a worker does for upkeep, by the schedule alone; each of them may run twice."""

from celery import shared_task

from stewardship import services


@shared_task(name="stewardship.look_for_alarms")
def look_for_alarms() -> None:
    """Open a case for each alarm, and pass on those whose time is over."""
    services.look_for_alarms()
    services.escalate_overdue()


@shared_task(name="stewardship.remind")
def remind() -> None:
    """Tell whom it concerns of overdue reviews and findings, and of rituals to come."""
    services.escalate_reviews()
    services.escalate_findings()
    services.remind_of_rituals()
