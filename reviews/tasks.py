"""Reactions and schedules of reviews."""

from celery import shared_task

from ledger.services import consume
from reviews.services.applying import apply_due as put_due_requests_into_effect
from reviews.services.applying import stale_competitors, suspend_schedules_of
from reviews.services.assuming import measure_assumptions as measure_what_changes_rest_on
from reviews.services.drafts import sweep_rule_drafts
from reviews.services.expiry import expire_requests as end_overdue_requests
from reviews.services.forgetting import forget_erased_customers
from reviews.services.reminding import remind_and_hand_on
from reviews.services.retro import watch_emergencies as look_after_emergencies
from reviews.services.telling import tell_of


@shared_task(name="reviews.on_version_enacted")
def on_version_enacted(entry_id: int) -> None:
    """Marks requests stale that were written against the version before."""
    with consume(entry_id, "reviews.on_version_enacted") as entry:
        if entry:
            stale_competitors(subject_type=entry.object_type, subject_key=entry.object_key)


@shared_task(name="reviews.on_person_deactivated")
def on_person_deactivated(entry_id: int) -> None:
    """Suspends what the person had scheduled: nobody answers for it any more."""
    with consume(entry_id, "reviews.on_person_deactivated") as entry:
        if entry:
            suspend_schedules_of(entry.payload["username"])


@shared_task(name="reviews.on_customer_erased")
def on_customer_erased(entry_id: int) -> None:
    """Takes the names of erased customers out of the samples that boards were shown."""
    with consume(entry_id, "reviews.on_customer_erased") as entry:
        if entry:
            forget_erased_customers()


@shared_task(name="reviews.apply_due")
def apply_due() -> None:
    """Puts approved requests into effect whose date has come."""
    put_due_requests_into_effect()


@shared_task(name="reviews.expire_requests")
def expire_requests() -> None:
    """Ends requests that nobody decided in time, and forgets drafts of rules that nobody goes on with."""
    end_overdue_requests()
    sweep_rule_drafts()


@shared_task(name="reviews.on_board_fact")
def on_board_fact(entry_id: int) -> None:
    """Tells those whom a fact about a request or a seat concerns."""
    with consume(entry_id, "reviews.on_board_fact") as entry:
        if entry:
            tell_of(entry)


@shared_task(name="reviews.remind")
def remind() -> None:
    """Reminds those who can decide what is due, and tells the board above what is overdue."""
    remind_and_hand_on()


@shared_task(name="reviews.measure_assumptions")
def measure_assumptions() -> None:
    """Measures what changes in force rest on, and opens a review where it no longer holds."""
    measure_what_changes_rest_on()


@shared_task(name="reviews.watch_emergencies")
def watch_emergencies() -> None:
    """Carries overdue reviews of emergencies up, and prepares the way back of what nobody confirmed."""
    look_after_emergencies()
