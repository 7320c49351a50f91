"""Opens and closes meetings, and enters who is there."""

from typing import Any

from django.db import IntegrityError, transaction

from common.clock import now
from common.digests import digest_of
from common.errors import Conflict, Invalid, NotAllowed
from common.texts import clean_text
from ledger.services import announce
from meetings.choices import HERE, ItemState, MeetingState, Presence
from meetings.events import AttendanceTaken, MeetingClosed, MeetingOpened
from meetings.models import Attendance, Item, Meeting
from meetings.selectors.minutes import minutes_of
from meetings.services.agenda import leave_current
from meetings.services.locking import locked_meeting, touched
from meetings.states import next_meeting_state
from reviews.selectors.in_meetings import lenders_to, seated_in


def open_meeting(*, actor: Any, meeting_id: int) -> Meeting:
    """Afterwards the meeting is open; whoever opened it leads it, and is in the room where they sit in the board.

    Refuses: MeetingUnknown, NotAllowed, Conflict (not planned any more, or the board sits in another one).
    Announces: MeetingOpened.
    """
    with locked_meeting(actor=actor, meeting_id=meeting_id) as meeting:
        meeting.state = next_meeting_state(meeting.state, "open")
        meeting.chair, meeting.opened_at = actor, now()
        try:
            with transaction.atomic():
                meeting.save(update_fields=["state", "chair", "opened_at"])
        except IntegrityError as error:
            raise Conflict("The board sits in another meeting that is open; close that one first.") from error
        touched(meeting)
        fact = MeetingOpened(meeting_id=meeting.pk, board_key=meeting.board.key, quorum=meeting.quorum)
        announce(fact, actor=actor)
        return meeting


def take_place(
    *,
    actor: Any,
    meeting_id: int,
    presence: str,
    username: str = "",
    stands_for: str = "",
    note: str = "",
) -> Attendance:
    """Afterwards it is entered that the person is here, here for another, excused, or has left.

    Being here is entered by oneself alone; a member may enter another one as excused or absent.

    Refuses: MeetingUnknown, NotAllowed, Conflict (the meeting is over, or not open yet), Invalid.
    Announces: AttendanceTaken; nothing where it stands so already.
    """
    if presence not in Presence.values:
        raise Invalid("Say whether they are present, excused or absent.", code="unknown_choice", pointer="/presence")
    with locked_meeting(actor=actor, meeting_id=meeting_id, action="sit" if presence in HERE else "hold") as meeting:
        _refuse_wrong_time(meeting, presence)
        person, lender = _place(actor, meeting, presence, username, stands_for)
        words = clean_text(note, pointer="/note", max_length=200, required=False)
        values = {"presence": presence, "stands_for": lender, "note": words}
        row = Attendance.objects.filter(meeting=meeting, person_id=person.pk).first()
        if row is not None and (row.presence, row.stands_for_id) == (presence, lender.pk if lender else None):
            return row
        row, _ = Attendance.objects.update_or_create(
            meeting=meeting, person_id=person.pk, defaults={**values, "since": now()}
        )
        announce(
            AttendanceTaken(
                meeting_id=meeting.pk,
                board_key=meeting.board.key,
                username=person.get_username(),
                presence=presence,
                stands_for=lender.get_username() if lender else "",
            ),
            actor=actor,
        )
        return row


def _refuse_wrong_time(meeting: Meeting, presence: str) -> None:
    if meeting.state == MeetingState.OPEN:
        return
    if meeting.state == MeetingState.PLANNED and presence == Presence.EXCUSED:
        return
    raise Conflict(f"The meeting is {meeting.get_state_display().lower()}; nobody takes a place now.", code="not_now")


def _place(actor: Any, meeting: Meeting, presence: str, username: str, stands_for: str) -> tuple[Any, Any]:
    """The person whose place it is, and for whom they stand."""
    members = {person.get_username(): person for person in seated_in(meeting.board)}
    if username and username != actor.get_username():
        if presence in HERE:
            raise NotAllowed("Everybody takes their place themselves; you can enter others as excused or absent.")
        if username not in members:
            raise Invalid(f"{username} does not sit in this board.", pointer="/username")
        return members[username], None
    if presence != Presence.DELEGATE:
        if presence == Presence.PRESENT and actor.get_username() not in members:
            raise Invalid("You hold no seat; say for whom you are here.", pointer="/presence")
        return actor, None
    lenders = lenders_to(actor, meeting.board_id)
    lender = next((person for person in lenders.values() if person.get_username() == stands_for), None)
    if lender is None:
        raise Invalid("Nobody of that name has lent you a seat for now.", pointer="/stands_for")
    return actor, lender


def close_meeting(*, actor: Any, meeting_id: int, seen: int | None = None) -> Meeting:
    """Afterwards the meeting is over; its minutes are written from the ledger and frozen with their digest.

    What was under discussion is left open. Two people who close at one moment: one does, the other is told.

    Refuses: MeetingUnknown, NotAllowed, AgendaMoved, Conflict (it is not open).
    Announces: MeetingClosed.
    """
    with locked_meeting(actor=actor, meeting_id=meeting_id, seen=seen) as meeting:
        state = next_meeting_state(meeting.state, "close")
        leave_current(meeting, actor)
        meeting.closed_at = now()
        meeting.minutes = minutes_of(meeting)
        meeting.digest = digest_of(meeting.minutes)
        meeting.state = state
        meeting.version += 1
        meeting.save()
        decided = Item.objects.filter(meeting=meeting, state=ItemState.DECIDED).count()
        fact = MeetingClosed(meeting_id=meeting.pk, board_key=meeting.board.key, digest=meeting.digest, decided=decided)
        announce(fact, actor=actor)
        return meeting
