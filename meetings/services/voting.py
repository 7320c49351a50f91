"""Takes votes in the room: everybody their own, bound to what they see, while enough are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.errors import Conflict, DomainError, Invalid
from meetings.choices import HERE, ItemState, Lane, MeetingState
from meetings.errors import NoQuorum, NotInRoom
from meetings.models import Attendance, Item, Meeting
from meetings.selectors.presence import room_for
from meetings.selectors.timing import seconds_of
from meetings.services.agenda import tell_moved
from meetings.services.locking import item_in, locked_meeting, touched
from meetings.states import next_item_state
from reviews.choices import State
from reviews.selectors import request_for
from reviews.services.voting import cast_vote

AT_MOST = 100


@dataclass(frozen=True)
class ConsentResult:
    """What became of one vote on the consent agenda."""

    item_id: int
    title: str
    is_taken: bool
    words: str


def vote_in_meeting(
    *,
    actor: Any,
    meeting_id: int,
    item_id: int,
    verdict: str,
    reason: str = "",
    digest: str,
    delegation_id: int | None = None,
) -> Item:
    """Afterwards the person's own vote stands, marked with the meeting; where it decides, the item is decided.

    It is the same vote as on the request's page, under the same rules. What the vote finds out about the request (that
    it turned stale) stays, also where the vote is refused.

    Refuses: MeetingUnknown, ItemUnknown, NotAllowed, Conflict (not open, not under discussion), NotInRoom, NoQuorum;
    all that `cast_vote` refuses. Announces: as `cast_vote`; ItemMoved where it is decided.
    """
    refused: DomainError | None = None
    with locked_meeting(actor=actor, meeting_id=meeting_id, action="sit") as meeting:
        item = item_in(meeting, item_id)
        _refuse_out_of_order(actor, meeting, item)
        try:
            cast_vote(
                actor=actor,
                request_id=item.request_id or 0,
                verdict=verdict,
                reason=reason,
                digest=digest,
                meeting_id=meeting.pk,
                delegation_id=delegation_id,
            )
        except DomainError as error:
            refused = error
        settle(meeting, item, actor)
    if refused is not None:
        raise refused
    return item


def _refuse_out_of_order(actor: Any, meeting: Meeting, item: Item) -> None:
    if meeting.state != MeetingState.OPEN:
        words = f"The meeting is {meeting.get_state_display().lower()}; vote on the page of the request."
        raise Conflict(words, code="not_now")
    if item.request_id is None:
        raise Conflict("There is nothing to vote on in this item.", code="not_now")
    if item.state != ItemState.DISCUSSED and not (item.lane == Lane.CONSENT and item.state == ItemState.PENDING):
        raise Conflict("Votes are taken on what is under discussion now, and on the consent agenda.", code="not_now")
    if not Attendance.objects.filter(meeting=meeting, person_id=actor.pk, presence__in=HERE).exists():
        raise NotInRoom("Take your place in the meeting first, or vote on the page of the request.")
    room = room_for(meeting, item)
    if not room.has_quorum:
        aside = f"; {len(room.not_counted)} here do not count on it" if room.not_counted else ""
        raise NoQuorum(f"{room.counted} of {room.needed} are here for this item{aside}. No vote is taken in the room.")


def settle(meeting: Meeting, item: Item, actor: Any) -> None:
    """Mark the item decided where its request is no longer in review; part of the caller's transaction."""
    if item.request is None or item.state == ItemState.DECIDED:
        return
    item.request.refresh_from_db(fields=["state"])
    if item.request.state == State.IN_REVIEW:
        return
    item.seconds, item.taken_up_at = seconds_of(item), None
    item.state = next_item_state(item.state, "decide")
    item.save()
    touched(meeting)
    tell_moved(meeting, item, "decided", actor)


def approve_consent(*, actor: Any, meeting_id: int, picks: Sequence[tuple[int, str]]) -> list[ConsentResult]:
    """Afterwards the person has approved each item of the consent agenda that they confirmed, each by its own vote.

    Refuses: Invalid (nothing, or too much at once). Announces: as `vote_in_meeting`, for each.
    """
    if not picks or len(picks) > AT_MOST:
        raise Invalid(f"Confirm between 1 and {AT_MOST} items of the consent agenda.", pointer="/pick")
    return [_consent(actor, meeting_id, item_id, digest) for item_id, digest in dict(picks).items()]


def _consent(actor: Any, meeting_id: int, item_id: int, digest: str) -> ConsentResult:
    title = Item.objects.filter(pk=item_id, meeting_id=meeting_id).values_list("title", flat=True).first()
    try:
        found = Item.objects.filter(pk=item_id, meeting_id=meeting_id).first()
        if found is None or found.lane != Lane.CONSENT or found.request_id is None:
            raise Conflict("It is not on the consent agenda any more; look at it for itself.", code="not_now")
        item = vote_in_meeting(actor=actor, meeting_id=meeting_id, item_id=item_id, verdict="approve", digest=digest)
    except DomainError as refused:
        return ConsentResult(item_id, title or "", False, refused.detail)
    state = request_for(viewer=actor, request_id=item.request_id or 0).get_state_display().lower()
    return ConsentResult(item_id, item.title, True, f"Your approval was taken; it is {state} now.")
