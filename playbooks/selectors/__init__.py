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
from playbooks.selectors.retirement import (
    RetiredPlaybook,
    last_version,
    possible_successors,
    reader_count,
    retired_playbook,
    retired_playbooks_for,
)

__all__ = [
    "LiveContent",
    "PlaybookPage",
    "RetiredPlaybook",
    "checked_content",
    "conduct",
    "home_panels",
    "last_version",
    "live_content",
    "live_version",
    "open_reviews",
    "playbook_page",
    "playbooks_for",
    "plays_for",
    "possible_successors",
    "reader_count",
    "retired_playbook",
    "retired_playbooks_for",
    "search",
    "segment_uses",
    "versions_of",
]
