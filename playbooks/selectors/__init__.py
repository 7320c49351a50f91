"""Reading playbooks."""

from playbooks.selectors.conduct import conduct
from playbooks.selectors.desk import home_panels, plays_for, search, segment_uses
from playbooks.selectors.reading import (
    LiveContent,
    PlaybookPage,
    checked_content,
    live_content,
    live_version,
    open_reviews,
    playbook_page,
    playbooks_for,
    versions_of,
)

__all__ = [
    "LiveContent",
    "PlaybookPage",
    "checked_content",
    "conduct",
    "home_panels",
    "live_content",
    "live_version",
    "open_reviews",
    "playbook_page",
    "playbooks_for",
    "plays_for",
    "search",
    "segment_uses",
    "versions_of",
]
