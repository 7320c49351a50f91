"""A meeting, a room and what was given up, for the addresses of boards at work."""

from datetime import timedelta
from types import SimpleNamespace

from common.clock import now
from meetings.models import Item
from meetings.services.planning import begin_series, plan_meeting
from notifications.choices import Delivery, Kind
from notifications.models import Notification, Post
from notifications.services import notify, tell_rooms
from notifications.services.rooms import open_room


def stand_boards(people: SimpleNamespace) -> dict[str, int]:
    """Numbers of things that only some may touch."""
    member = people.marketing_member
    series = begin_series(
        actor=member, board_key="board", name="Weekly", cadence="weekly", first_at=now() + timedelta(days=3)
    )
    meeting = plan_meeting(actor=member, board_key="board", title="March", starts_at=now() + timedelta(days=2))
    room = open_room(
        actor=people.administrator,
        board_key="board",
        name="#segments",
        platform="slack",
        address="https://hooks.example.com/secret",
        kinds=[Kind.DECIDED],
    )
    tell_rooms(board_key="board", kind=Kind.DECIDED, title="Approved", url="/", key="approved")
    notify(to=[people.viewer.pk], kind=Kind.DECIDED, title="Approved", url="/", key="approved")
    Post.objects.update(state=Delivery.GIVEN_UP)
    Notification.objects.filter(person=people.viewer, key="approved").update(mail_state=Delivery.GIVEN_UP)
    return {
        "series_id": series.pk,
        "meeting_id": meeting.pk,
        "item_id": Item.objects.filter(meeting=meeting).values_list("pk", flat=True)[0],
        "room_id": room.pk,
        "post_id": Post.objects.get().pk,
        "notification_id": Notification.objects.get(person=people.viewer, key="approved").pk,
    }
