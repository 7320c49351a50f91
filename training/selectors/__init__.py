"""Reading briefs and progress."""

from training.selectors.paths import PathRow, home_panels, path_of_learning, search, segment_uses
from training.selectors.reading import (
    BriefPage,
    LiveContent,
    brief_page,
    briefs_for,
    checked_content,
    live_content,
    live_version,
    open_reviews,
    versions_of,
)
from training.selectors.retirement import (
    RetiredBrief,
    last_version,
    learner_count,
    possible_successors,
    retired_brief,
    retired_briefs_for,
)
from training.selectors.steps import StepPage, StepRow, progress_for, step_page

__all__ = [
    "BriefPage",
    "LiveContent",
    "PathRow",
    "RetiredBrief",
    "StepPage",
    "StepRow",
    "brief_page",
    "briefs_for",
    "checked_content",
    "home_panels",
    "last_version",
    "learner_count",
    "live_content",
    "live_version",
    "open_reviews",
    "path_of_learning",
    "possible_successors",
    "progress_for",
    "retired_brief",
    "retired_briefs_for",
    "search",
    "segment_uses",
    "step_page",
    "versions_of",
]
