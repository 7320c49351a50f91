"""People take note: they see an announcement, and acknowledge it for their function."""

from django.db import transaction

from activation.errors import NoSuchNotice
from activation.events import StepAcknowledged
from activation.models import Announcement, Notice, Step
from activation.policies import AnnouncementPolicy
from activation.services.sending import send_next
from activation.states import ACKNOWLEDGED, OPEN, SEEN, states_before
from common.actors import Actor
from common.clock import now
from ledger.services import announce


@transaction.atomic
def see_notice(*, actor: Actor, announcement_id: int) -> int:
    """Afterwards the actor's own notices of this announcement are seen, and so are the steps that were sent; how many
    notices were new. Nothing happens to somebody who was not told.
    """
    unread = Notice.objects.filter(step__announcement_id=announcement_id, person_id=actor.pk, seen_at__isnull=True)
    steps = list(unread.values_list("step_id", flat=True))
    if not steps:
        return 0
    at = now()
    Step.objects.filter(pk__in=steps, state__in=states_before("see")).update(state=SEEN, seen_at=at)
    return unread.update(seen_at=at)


@transaction.atomic
def acknowledge_notice(*, actor: Actor, announcement_id: int) -> Announcement:
    """Afterwards the actor's function has acknowledged the announcement and the function behind it is told. A colleague
    who was first stays the one who did. Refuses: `NoSuchNotice`; `NotAllowed`, unless it was sent to the actor.
    Announces: `activation.step.acknowledged`, once per step.
    """
    policy = AnnouncementPolicy()
    found = policy.visible(actor).select_for_update(of=("self",)).filter(pk=announcement_id).first()
    if found is None:
        raise NoSuchNotice(f"There is no notice {announcement_id}, or it is not open to you.")
    policy.require(actor, "acknowledge", found)
    see_notice(actor=actor, announcement_id=found.pk)
    at = now()
    mine = Notice.objects.filter(step__announcement=found, person_id=actor.pk)
    steps = list(Step.objects.filter(pk__in=mine.values("step_id"), state__in=OPEN).order_by("place"))
    mine.filter(step__in=steps).update(acknowledged_at=at)
    for step in steps:
        Step.objects.filter(pk=step.pk, state__in=OPEN).update(
            state=ACKNOWLEDGED, acknowledged_at=at, acknowledged_by_id=actor.pk
        )
    send_next(found.pk)
    for step in steps:
        fact = StepAcknowledged(announcement_id=found.pk, segment_key=found.segment_key, function=step.function)
        announce(fact, actor=actor)
    return found
