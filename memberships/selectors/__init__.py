"""Reading memberships; other apps import from here."""

from memberships.selectors.customers import Membership, Move, history_of, is_member, segments_of
from memberships.selectors.explanations import Clause, Explanation, Fact, explanation
from memberships.selectors.impacts import Impact, impact
from memberships.selectors.members import (
    ChangeRow,
    ChangesPage,
    MembersPage,
    changes_since,
    checked_purpose,
    member_ids,
    members_page,
    members_page_for,
    ordinal_before,
)
from memberships.selectors.previews import FunnelStep, Preview, preview, shown_count
from memberships.selectors.runs import (
    changes_by_run,
    home_panels,
    last_published_at,
    open_runs,
    remaining,
    run_for,
    runs_for,
    runs_of_segment,
)
from memberships.selectors.sizes import SizePoint, SizeRow, size_history, size_of, sizes

__all__ = [
    "ChangeRow",
    "ChangesPage",
    "Clause",
    "Explanation",
    "Fact",
    "FunnelStep",
    "Impact",
    "Membership",
    "MembersPage",
    "Move",
    "Preview",
    "SizePoint",
    "SizeRow",
    "changes_by_run",
    "changes_since",
    "checked_purpose",
    "explanation",
    "history_of",
    "home_panels",
    "impact",
    "is_member",
    "last_published_at",
    "member_ids",
    "members_page",
    "members_page_for",
    "open_runs",
    "ordinal_before",
    "preview",
    "remaining",
    "run_for",
    "runs_for",
    "runs_of_segment",
    "segments_of",
    "shown_count",
    "size_history",
    "size_of",
    "sizes",
]
