"""Sends the mails that are due: claimed first, sent outside every transaction, and tried again with patience."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from django.core.mail import get_connection
from django.db import transaction

from common.clock import now
from common.errors import NotFound
from notifications.choices import Delivery
from notifications.measures import LEASE, MAX_ATTEMPTS, next_try
from notifications.models import Notification
from notifications.policies import RoomPolicy
from notifications.transports.mail import mail_for

log = structlog.get_logger(__name__)
BATCH = 500
OWED = (Delivery.WAITING, Delivery.SENDING)


def send_due_mails() -> int:
    """Afterwards each person who is owed mails now has got one with all of them; a failure waits for its next try.

    What was read meanwhile is not mailed any more. A worker that dies while it sends leaves its claim, which lapses
    after ten minutes; the mail may then come twice, never not at all.

    Refuses: nothing.
    Announces: nothing; returns how many mails went out.
    """
    claimed = _claimed()
    sent = 0
    for told in claimed.values():
        sent += _send(told)
    return sent


@transaction.atomic
def _claimed() -> dict[int, list[Notification]]:
    """Person -> what they are owed now, claimed until the lease ends."""
    moment = now()
    rows = list(
        Notification.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(mail_state__in=OWED, mail_due_at__lte=moment)
        .select_related("person")
        .order_by("mail_due_at", "pk")[:BATCH]
    )
    useless = [row.pk for row in rows if row.read_at or not row.person.is_active or not row.person.email]
    Notification.objects.filter(pk__in=useless).update(mail_state=Delivery.NONE)
    wanted = [row for row in rows if row.pk not in set(useless)]
    ids = [row.pk for row in wanted]
    Notification.objects.filter(pk__in=ids).update(mail_state=Delivery.SENDING, mail_due_at=moment + LEASE)
    found: dict[int, list[Notification]] = {}
    for row in wanted:
        found.setdefault(row.person_id, []).append(row)
    return found


def _send(told: Sequence[Notification]) -> int:
    rows = Notification.objects.filter(pk__in=[each.pk for each in told], mail_state=Delivery.SENDING)
    try:
        get_connection().send_messages([mail_for(told[0].person.email, told)])
    except Exception as error:  # noqa: BLE001
        # Whatever the mail server or the way to it raises: the row says so, and is tried again.
        _failed(told, type(error).__name__, now())
        return 0
    rows.update(mail_state=Delivery.SENT, mailed_at=now(), mail_error="")
    return 1


def _failed(told: Sequence[Notification], reason: str, moment: datetime) -> None:
    log.warning("mail.failed", notifications=[each.pk for each in told], error=reason)
    for each in told:
        attempts = each.mail_attempts + 1
        state = Delivery.GIVEN_UP if attempts >= MAX_ATTEMPTS else Delivery.WAITING
        due = moment if state == Delivery.GIVEN_UP else next_try(moment, attempts)
        Notification.objects.filter(pk=each.pk, mail_state=Delivery.SENDING).update(
            mail_state=state, mail_attempts=attempts, mail_due_at=due, mail_error=reason
        )


def retry_mail(*, actor: Any, notification_id: int) -> None:
    """Afterwards a mail that was given up is owed again.

    Refuses: NotAllowed, NotFound (no such mail was given up).
    Announces: nothing.
    """
    RoomPolicy().require(actor, "retry")
    rows = Notification.objects.filter(pk=notification_id, mail_state=Delivery.GIVEN_UP)
    if not rows.update(mail_state=Delivery.WAITING, mail_attempts=0, mail_due_at=now()):
        raise NotFound("There is no mail of that number that was given up; perhaps somebody tried it again already.")
