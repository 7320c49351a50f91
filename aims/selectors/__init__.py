"""Reading aims; other apps import from here."""

from aims.selectors.actuals import Progress, progress_lines_for, progress_of
from aims.selectors.conduct import Conduct, Guidance, Matrix, by_channel, by_stage, channels_in
from aims.selectors.journeys import (
    LiveJourney,
    Moment,
    Orphan,
    checked_content,
    journey_content_at,
    journey_for,
    journey_versions,
    journeys_for,
    known_moments,
    live_journey,
    moments,
    moments_of,
    moments_of_segment,
    orphans_for,
)
from aims.selectors.panels import home_panels, search, segment_uses
from aims.selectors.priorities import Priorities, Priority, priorities_for, weights_in_force
from aims.selectors.releases import readership_of, release_for, releases_for
from aims.selectors.usage import Usage, unused_for, usage_for, usage_of
from aims.selectors.wins import FlaggedWin, wins_for

__all__ = [
    "Conduct",
    "FlaggedWin",
    "Guidance",
    "LiveJourney",
    "Matrix",
    "Moment",
    "Orphan",
    "Priorities",
    "Priority",
    "Progress",
    "Usage",
    "by_channel",
    "by_stage",
    "channels_in",
    "checked_content",
    "home_panels",
    "journey_content_at",
    "journey_for",
    "journey_versions",
    "journeys_for",
    "known_moments",
    "live_journey",
    "moments",
    "moments_of",
    "moments_of_segment",
    "orphans_for",
    "priorities_for",
    "progress_lines_for",
    "progress_of",
    "readership_of",
    "release_for",
    "releases_for",
    "search",
    "segment_uses",
    "unused_for",
    "usage_for",
    "usage_of",
    "weights_in_force",
    "wins_for",
]
