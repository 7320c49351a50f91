"""Reading what is delivered: segments as flags, and notices."""

from activation.selectors.flags import Flag, flags_for, targeting_key
from activation.selectors.notices import announcement_for, home_panels, notices_for, story_for, unread_count

__all__ = [
    "Flag",
    "announcement_for",
    "flags_for",
    "home_panels",
    "notices_for",
    "story_for",
    "targeting_key",
    "unread_count",
]
