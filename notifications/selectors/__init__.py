"""Reading what people were told."""

from notifications.selectors.inbox import counts_by_kind, notifications_for, unread_count
from notifications.selectors.outgoing import given_up_mails, given_up_posts, rooms_for
from notifications.selectors.preferences import KindPreference, hours_of, preferences_of

__all__ = [
    "KindPreference",
    "counts_by_kind",
    "given_up_mails",
    "given_up_posts",
    "hours_of",
    "notifications_for",
    "preferences_of",
    "rooms_for",
    "unread_count",
]
