"""The board of the demonstration company at work: a meeting that was held, one to come, and who looks at what."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from accounts.selectors import user_by_username
from common.clock import now
from meetings.selectors import meetings_for, series_for, view_of
from meetings.services.agenda import add_item, add_note, move_item
from meetings.services.holding import close_meeting, open_meeting, take_place
from meetings.services.planning import begin_series, plan_coming, plan_meeting
from meetings.services.voting import vote_in_meeting
from reviews.selectors import requests_for
from reviews.services.claiming import claim_request
from reviews.services.requests import create_request, submit_request

if TYPE_CHECKING:
    from reviews.models import ChangeRequest

BOARD: Final = "segmentation"
SENT_BACK: Final = "Call them fish-counter households"
IN_REVIEW: Final = "Say more plainly who hosts"
_SKIPPED: Final = "Omar waits for the shelf plan of the stores."


def load_boards_at_work() -> int:
    """Afterwards a meeting with minutes stands behind the board and one before it; how many meetings came.

    All of it or nothing: a load that is broken off here begins here again.
    """
    grace = user_by_username("grace")
    if series_for(viewer=grace).filter(board__key=BOARD).exists():
        return 0
    with transaction.atomic():
        _held()
        _coming()
        for username, key in (("omar", "pet-households"), ("ingrid", "coupon-planners")):
            claim_request(actor=user_by_username(username), request_id=_waiting(key).pk)
    return meetings_for(viewer=grace).count()


def _held() -> None:
    grace, ingrid, omar = (user_by_username(name) for name in ("grace", "ingrid", "omar"))
    sent_back = _proposed("dev", "fresh-counter", SENT_BACK, {"name": "Fish-counter households"})
    meeting = plan_meeting(
        actor=grace,
        board_key=BOARD,
        title="Autumn review of segments",
        starts_at=now() - timedelta(minutes=50),
        place="Meeting room Orchard",
    )
    one: dict[str, Any] = {"meeting_id": meeting.pk}
    open_meeting(actor=grace, **one)
    for person in (grace, ingrid, omar):
        take_place(actor=person, presence="present", **one)
    take_place(actor=grace, presence="excused", username="samuel", note="Quarter's end", **one)
    own = add_item(actor=ingrid, title="Which segments the Christmas catalogue goes to", minutes=10, **one)
    view = view_of(viewer=grace, meeting=meeting)
    items = {each.item.request_id: each.item for each in (*view.consent, *view.agenda)}
    item = items[sent_back.pk]
    move_item(actor=omar, item_id=item.pk, move="object", **one)
    move_item(actor=grace, item_id=item.pk, move="take_up", **one)
    given: dict[str, Any] = {"item_id": item.pk, "digest": sent_back.digest, **one}
    vote_in_meeting(actor=grace, verdict="approve", reason="Shorter, and it is what people say.", **given)
    add_note(
        actor=omar,
        item_id=item.pk,
        text="The rule asks for fish and for most of the other money on meat, produce or fish.",
        **one,
    )
    why = "Staff would look for them at the fish alone. Find a name that says meat as well, then I am for it."
    vote_in_meeting(actor=omar, verdict="request_changes", reason=why, **given)
    skipped = items[_waiting("pet-households").pk]
    move_item(actor=grace, item_id=skipped.pk, move="skip", reason=_SKIPPED, **one)
    move_item(actor=grace, item_id=own.pk, move="take_up", **one)
    add_note(
        actor=ingrid, item_id=own.pk, text="Event hosts and fresh kitchens; Amara drafts the list by Friday.", **one
    )
    move_item(actor=grace, item_id=own.pk, move="note", **one)
    close_meeting(actor=grace, **one)


def _coming() -> None:
    meaning = "They buy for guests: party food for $40 or more in the year, or once a basket of $300."
    _proposed("helen", "event-hosts", IN_REVIEW, {"meaning": meaning})
    day = (now() + timedelta(days=3)).date()
    begin_series(
        actor=user_by_username("grace"),
        board_key=BOARD,
        name="Board meeting",
        cadence="fortnightly",
        first_at=datetime.combine(day, time(14), tzinfo=UTC),
        zone="America/New_York",
        minutes=60,
        place="Meeting room Orchard",
    )
    plan_coming()


def _proposed(username: str, key: str, title: str, content: dict[str, Any]) -> "ChangeRequest":
    author = user_by_username(username)
    made = create_request(
        actor=author,
        kind="change",
        subject_type="segment",
        subject_key=key,
        proposed=content,
        title=title,
        rationale="The words are used in the stores every day; who hears them should know at once who is meant.",
        expected="Nobody asks any more which customers these are.",
    )
    return submit_request(actor=author, request_id=made.pk)


def _waiting(key: str) -> "ChangeRequest":
    viewer = user_by_username("grace")
    return requests_for(viewer=viewer).get(subject_key=key, state="in_review")
