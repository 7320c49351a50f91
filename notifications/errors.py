"""Refusals of notifications."""

from common.errors import Invalid, NotFound


class NotificationUnknown(NotFound):
    """There is no such notification of this person."""

    code = "notification_unknown"


class RoomUnknown(NotFound):
    """There is no such open room."""

    code = "room_unknown"


class AddressRefused(Invalid):
    """A webhook's address that the portal does not call."""

    code = "address_refused"
