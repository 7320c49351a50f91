"""Arranges the agenda while the meeting is planned or open."""

from typing import Any

from django.db.models import Max

from common.clock import now
from common.errors import Conflict
from common.texts import clean_text
from ledger.services import announce
from meetings.choices import ItemState, Lane, MeetingState
from meetings.errors import AgendaMoved
from meetings.events import ItemMoved
from meetings.models import Item, Meeting
from meetings.selectors.timing import seconds_of
from meetings.services.locking import is_over, item_in, locked_meeting, touched
from meetings.states import next_item_state

ARRANGING = ("up", "down", "object")


def add_item(*, actor: Any, meeting_id: int, title: str, minutes: int = 10) -> Item:
    """Afterwards what the member wants to speak of stands at the end of the agenda.

    Refuses: MeetingUnknown, NotAllowed, Conflict (the meeting is over), Invalid. Announces: ItemMoved.
    """
    with locked_meeting(actor=actor, meeting_id=meeting_id) as meeting:
        _refuse_over(meeting)
        last = Item.objects.filter(meeting=meeting).aggregate(last=Max("place"))["last"] or 0
        item = Item.objects.create(
            meeting=meeting,
            title=clean_text(title, pointer="/title", max_length=200),
            place=last + 1,
            minutes=min(240, max(1, minutes)),
            added_by=actor,
        )
        touched(meeting)
        tell_moved(meeting, item, "added", actor)
        return item


def move_item(
    *, actor: Any, meeting_id: int, item_id: int, move: str, reason: str = "", seen: int | None = None
) -> Item:
    """Afterwards the item stands where the move puts it.

    `up` and `down` change its place, `object` takes it out of the consent agenda; `take_up` begins its discussion
    (what was under discussion is left open), `skip`, `restore`, `leave` and `note` change its state.

    Refuses: MeetingUnknown, ItemUnknown, NotAllowed, AgendaMoved, Conflict (state), Invalid (skip without reason).
    Announces: ItemMoved.
    """
    with locked_meeting(actor=actor, meeting_id=meeting_id, seen=seen) as meeting:
        _refuse_over(meeting)
        item = item_in(meeting, item_id)
        words = clean_text(reason, pointer="/reason", max_length=300, required=move == "skip")
        if move in ARRANGING:
            _arrange(meeting, item, move)
        else:
            _change(meeting, item, move, words, actor)
        touched(meeting)
        tell_moved(meeting, item, move, actor, words)
        return item


def _arrange(meeting: Meeting, item: Item, move: str) -> None:
    if move == "object":
        if item.lane != Lane.CONSENT:
            raise Conflict("The item is not on the consent agenda.", code="not_now")
        last = Item.objects.filter(meeting=meeting).aggregate(last=Max("place"))["last"] or 0
        item.lane, item.place = Lane.AGENDA, last + 1
        item.save(update_fields=["lane", "place"])
        return
    others = Item.objects.filter(meeting=meeting, lane=item.lane).exclude(pk=item.pk)
    other = (
        others.filter(place__lt=item.place).order_by("-place").first()
        if move == "up"
        else others.filter(place__gt=item.place).order_by("place").first()
    )
    if other is None:
        raise Conflict("It stands at the end of its list already.", code="not_now")
    item.place, other.place = other.place, item.place
    other.save(update_fields=["place"])
    item.save(update_fields=["place"])


def _change(meeting: Meeting, item: Item, move: str, words: str, actor: Any) -> None:
    if move in ("take_up", "leave", "note") and meeting.state != MeetingState.OPEN:
        raise Conflict("The meeting is not open; open it first.", code="not_now")
    if move == "note" and item.request_id is not None:
        raise Conflict("A request is decided by votes, or left open.", code="not_now")
    if move not in ("take_up", "skip", "restore", "leave", "note"):
        raise Conflict("There is no such move.", code="not_now")
    state = next_item_state(item.state, move)
    if move == "take_up":
        leave_current(meeting, actor)
        item.taken_up_at = now()
    elif item.state == ItemState.DISCUSSED:
        item.seconds, item.taken_up_at = seconds_of(item), None
    item.state, item.reason = state, words if move == "skip" else ""
    item.save()


def leave_current(meeting: Meeting, actor: Any) -> None:
    """Leave open what is under discussion now; part of the caller's transaction."""
    current = Item.objects.filter(meeting=meeting, state=ItemState.DISCUSSED).first()
    if current is None:
        return
    current.seconds, current.taken_up_at = seconds_of(current), None
    current.state = next_item_state(current.state, "leave")
    current.save()
    tell_moved(meeting, current, "leave", actor)


def add_note(*, actor: Any, meeting_id: int, item_id: int, text: str) -> Item:
    """Afterwards the note stands below those that others wrote on the item; nobody's note is lost.

    Refuses: MeetingUnknown, ItemUnknown, NotAllowed, Conflict (the meeting is not open), Invalid. Announces: ItemMoved.
    """
    with locked_meeting(actor=actor, meeting_id=meeting_id) as meeting:
        if meeting.state != MeetingState.OPEN:
            raise Conflict("Notes are taken while the meeting is open.", code="not_now")
        item = item_in(meeting, item_id)
        words = clean_text(text, pointer="/text", max_length=4000, lines=True)
        item.notes = f"{item.notes}\n{actor}: {words}".strip()
        item.save(update_fields=["notes"])
        tell_moved(meeting, item, "noted on", actor)
        return item


def tell_moved(meeting: Meeting, item: Item, move: str, actor: Any, cause: str = "") -> None:
    """Announce what became of an item."""
    announce(
        ItemMoved(
            meeting_id=meeting.pk,
            board_key=meeting.board.key,
            item_id=item.pk,
            request_id=item.request_id,
            move=move,
            cause=cause,
        ),
        actor=actor,
    )


def _refuse_over(meeting: Meeting) -> None:
    if is_over(meeting):
        raise AgendaMoved(f"The meeting is {meeting.get_state_display().lower()}; its agenda stays as it was.")
