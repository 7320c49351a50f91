"""Posts what rooms are owed: claimed first, sent outside every transaction, and tried again with patience."""

from typing import Any

import structlog
from django.db import transaction

from common.clock import now
from common.errors import NotFound
from notifications.choices import Delivery
from notifications.errors import AddressRefused
from notifications.measures import LEASE, MAX_ATTEMPTS, next_try
from notifications.models import Post
from notifications.policies import RoomPolicy
from notifications.transports.bodies import room_body
from notifications.transports.webhook import PostFailed, post_json

log = structlog.get_logger(__name__)
BATCH = 50
OWED = (Delivery.WAITING, Delivery.SENDING)


def send_due_posts() -> int:
    """Afterwards each room has what it was owed, or its next try is set, or the message is given up with the reason.

    Refuses: nothing.
    Announces: nothing; returns how many went out.
    """
    return sum(_send(post) for post in _claimed())


@transaction.atomic
def _claimed() -> list[Post]:
    moment = now()
    rows = list(
        Post.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state__in=OWED, due_at__lte=moment)
        .select_related("room")
        .order_by("due_at", "pk")[:BATCH]
    )
    closed = [row.pk for row in rows if row.room.closed_at is not None]
    Post.objects.filter(pk__in=closed).update(state=Delivery.NONE)
    wanted = [row for row in rows if row.pk not in set(closed)]
    Post.objects.filter(pk__in=[row.pk for row in wanted]).update(state=Delivery.SENDING, due_at=moment + LEASE)
    return wanted


def _send(post: Post) -> int:
    mine = Post.objects.filter(pk=post.pk, state=Delivery.SENDING)
    try:
        post_json(post.room.address, room_body(post.room.platform, post.kind, post.title, post.url))
    except (AddressRefused, PostFailed) as error:
        attempts = post.attempts + 1
        is_over = attempts >= MAX_ATTEMPTS
        moment = now()
        reason = error.detail if isinstance(error, AddressRefused) else str(error)
        log.warning("post.failed", post=post.pk, attempts=attempts, reason=reason)
        mine.update(
            state=Delivery.GIVEN_UP if is_over else Delivery.WAITING,
            attempts=attempts,
            due_at=moment if is_over else next_try(moment, attempts),
            error=reason[:300],
        )
        return 0
    mine.update(state=Delivery.SENT, sent_at=now(), error="")
    return 1


def retry_post(*, actor: Any, post_id: int) -> None:
    """Afterwards a message that was given up is owed to its room again.

    Refuses: NotAllowed, NotFound (no such message was given up).
    Announces: nothing.
    """
    RoomPolicy().require(actor, "retry")
    rows = Post.objects.filter(pk=post_id, state=Delivery.GIVEN_UP)
    if not rows.update(state=Delivery.WAITING, attempts=0, due_at=now()):
        raise NotFound("There is no message of that number that was given up; perhaps somebody tried it again already.")
