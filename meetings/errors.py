"""Refusals of meetings."""

from common.errors import Conflict, NotFound, Stale


class MeetingUnknown(NotFound):
    """There is no such meeting, or the viewer may not see it."""

    code = "meeting_unknown"


class ItemUnknown(NotFound):
    """The agenda has no such item."""

    code = "item_unknown"


class NoQuorum(Conflict):
    """Too few are in the room for a vote."""

    code = "no_quorum"


class NotInRoom(Conflict):
    """Somebody who is not in the room votes in it."""

    code = "not_in_room"


class AgendaMoved(Stale):
    """Somebody else changed the agenda meanwhile."""

    status = 409
    code = "agenda_moved"
