"""Tables of what people and rooms are told."""

from notifications.models.notification import Notification
from notifications.models.preference import Hours, Preference
from notifications.models.room import Post, Room

__all__ = ["Hours", "Notification", "Post", "Preference", "Room"]
