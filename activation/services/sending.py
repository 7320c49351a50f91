"""Sends the steps of announcements in their order."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.selectors import people
from activation.models import Announcement, Notice, Step
from activation.policies import AnnouncementPolicy
from activation.states import NOBODY, OPEN, SENT, WAITING
from common.clock import now
from safeguards.choices import Scope
from safeguards.selectors import freeze_of
from safeguards.services import heed

BATCH = 200


def send_due_steps() -> int:
    """Afterwards every step is sent whose turn has come; in how many announcements something moved. Twice at once does
    no harm: an announcement in hand is left out. While all activation is frozen nothing is sent; the steps wait.
    """
    if freeze_of(Scope.ACTIVATION) is not None:
        return 0
    steps = Step.objects.filter(announcement=OuterRef("pk"))
    patient = steps.filter(state__in=OPEN, patient_until__gt=now())
    due = Announcement.objects.filter(Exists(steps.filter(state=WAITING)), ~Exists(patient)).order_by("pk")
    return sum(_sent(announcement_id) for announcement_id in due.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def send_next(announcement_id: int) -> int:
    """Afterwards every step is sent whose turn has come, in this announcement; how many moved. Functions without
    anybody are passed over; while all activation is frozen nothing is sent. The caller holds the announcement's row, or
    made it in this transaction.
    """
    at, moved = now(), 0
    if heed(Scope.ACTIVATION):
        return 0
    for step in Step.objects.filter(announcement_id=announcement_id).order_by("place"):
        if step.state == WAITING:
            step = _claimed(step, at)
            moved += 1
        if step.state in OPEN and step.patient_until is not None and step.patient_until > at:
            break
    return moved


@transaction.atomic
def _sent(announcement_id: int) -> int:
    locked = Announcement.objects.select_for_update(skip_locked=True).filter(pk=announcement_id).first()
    return 1 if locked is not None and send_next(announcement_id) else 0


def _claimed(step: Step, at: datetime) -> Step:
    """The step sent to everybody of its function who may see it, or passed over; by one UPDATE, so never twice."""
    policy = AnnouncementPolicy()
    told = [person for person in people().filter(function=step.function) if policy.can(person, "view")]
    waiting = Step.objects.filter(pk=step.pk, state=WAITING)
    if not told:
        waiting.update(state=NOBODY)
    else:
        until = at + timedelta(minutes=settings.SEGPORTAL_NOTICE_PATIENCE_MINUTES)
        if waiting.update(state=SENT, sent_at=at, patient_until=until):
            Notice.objects.bulk_create(Notice(step=step, person=person) for person in told)
    step.refresh_from_db()
    return step
