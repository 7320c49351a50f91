"""Sets up rooms of Slack and Teams that follow a board."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from common.clock import now
from common.errors import Conflict, Invalid
from common.texts import clean_text
from ledger.services import announce
from notifications.choices import Kind, Platform
from notifications.errors import RoomUnknown
from notifications.events import RoomClosed, RoomOpened
from notifications.models import Post, Room
from notifications.policies import RoomPolicy
from notifications.transports.addresses import checked_url


def open_room(*, actor: Any, board_key: str, name: str, platform: str, address: str, kinds: Sequence[str]) -> Room:
    """Afterwards the room is told of those kinds, whatever happens before the board.

    Refuses: NotAllowed, Invalid (platform, kinds, name), AddressRefused, Conflict (the name is taken).
    Announces: RoomOpened, without the address.
    """
    RoomPolicy().require(actor, "set")
    if platform not in Platform.values:
        raise Invalid("A room is in Slack or in Microsoft Teams.", code="unknown_choice", pointer="/platform")
    wanted = [kind for kind in Kind.values if kind in set(kinds)]
    if not wanted or len(wanted) != len(set(kinds)):
        raise Invalid("Choose what the room is told of.", code="required", pointer="/kinds")
    words = clean_text(name, pointer="/name", max_length=120)
    checked_url(address, pointer="/address")
    try:
        with transaction.atomic():
            room = Room.objects.create(
                board_key=board_key,
                name=words,
                platform=platform,
                address=address,
                kinds=wanted,
                set_by=actor,
                created_at=now(),
            )
            announce(RoomOpened(board_key=board_key, room=words, platform=platform, kinds=wanted), actor=actor)
    except IntegrityError as error:
        raise Conflict(f"There is an open room “{words}” of this board already.") from error
    return room


@transaction.atomic
def close_room(*, actor: Any, room_id: int) -> Room:
    """Afterwards the room is told nothing more, and its address is forgotten.

    Refuses: NotAllowed, RoomUnknown.
    Announces: RoomClosed.
    """
    RoomPolicy().require(actor, "set")
    room = _open_room(room_id)
    room.closed_at = now()
    room.address = ""
    room.save(update_fields=["closed_at", "address"])
    announce(RoomClosed(board_key=room.board_key, room=room.name, platform=room.platform), actor=actor)
    return room


@transaction.atomic
def try_room(*, actor: Any, room_id: int) -> Post:
    """Afterwards a trial message is owed to the room.

    Refuses: NotAllowed, RoomUnknown.
    Announces: nothing.
    """
    RoomPolicy().require(actor, "set")
    room = _open_room(room_id)
    moment = now()
    return Post.objects.create(
        room=room,
        kind=Kind.MEETING,
        title="A trial message: this room follows a board of Segportal.",
        url="/boards/",
        key=f"trial:{uuid.uuid4()}",
        due_at=moment,
        created_at=moment,
    )


def _open_room(room_id: int) -> Room:
    room = Room.objects.select_for_update(of=("self",)).filter(pk=room_id, closed_at__isnull=True).first()
    if room is None:
        raise RoomUnknown("There is no open room of that number.")
    return room
