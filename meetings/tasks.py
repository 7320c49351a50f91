"""What beat asks of meetings: plan those to come, and remind of them."""

from celery import shared_task

from meetings.services.planning import plan_coming, remind_of_meetings


@shared_task(name="meetings.plan_coming_meetings")
def plan_coming_meetings() -> None:
    """Plans the meetings of every series for the next two weeks, and tells members a day before."""
    plan_coming()
    remind_of_meetings()
