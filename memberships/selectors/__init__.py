"""Reading memberships; other apps import from here."""

from memberships.selectors.alerts import Alert, alerts
from memberships.selectors.changes import ChangeRow, ChangesPage, changes_since
from memberships.selectors.clauses import Clause, Fact
from memberships.selectors.creation import CreationEvidence, Neighbour, creation_evidence
from memberships.selectors.customers import (
    Membership,
    ordinal_for,
    segments_of,
    segments_of_ordinal,
    segments_without,
)
from memberships.selectors.evidence import evidence_of_members
from memberships.selectors.explanations import Explanation, explanation
from memberships.selectors.histories import Move, ToldMove, history_of
from memberships.selectors.holdouts import HoldOutReading, hold_out_of, stored_hold_out
from memberships.selectors.impacts import Impact, impact
from memberships.selectors.inputs import overdue_inputs_of
from memberships.selectors.lags import Lag, lag
from memberships.selectors.masked_previews import ShownPreview, ShownStep, preview_for
from memberships.selectors.masked_whatifs import ShownPoint, ShownWhatIf, threshold_at, what_if_for
from memberships.selectors.meanings import Meaning, meaning_for
from memberships.selectors.member_values import SMALL_GROUP, MemberValue, member_values, sizes_at
from memberships.selectors.members import (
    MemberRow,
    MembersPage,
    Stamp,
    checked_purpose,
    entered_since,
    member_ids,
    members_page,
    members_page_for,
    ordinal_before,
    stamp_at,
)
from memberships.selectors.movements import CauseMoves, Comparison, Movement, compared, movement
from memberships.selectors.previews import FunnelStep, Preview, preview, shown_count
from memberships.selectors.recalibration import Recalibration, recalibration
from memberships.selectors.recent import Recent, moved_since
from memberships.selectors.regions import Regions, ShownRegions, regions_between
from memberships.selectors.runs import (
    home_panels,
    last_published_at,
    open_run_for,
    open_runs,
    remaining,
    repetitions_of,
    run_for,
    runs_for,
    runs_of_segment,
    shown_state,
)
from memberships.selectors.sizes import SizePoint, SizeRow, size_history, size_of, sizes
from memberships.selectors.stability import Index, Stability, stability_of
from memberships.selectors.timelines import TimelineFilter, TimelinePage, TimelineRow, timeline_of
from memberships.selectors.turns import ShownTurn, Step
from memberships.selectors.whatif import Point, WhatIf, counts_on_newest, value_measures, what_if

__all__ = [
    "SMALL_GROUP",
    "Alert",
    "CauseMoves",
    "ChangeRow",
    "ChangesPage",
    "Clause",
    "Comparison",
    "CreationEvidence",
    "Explanation",
    "Fact",
    "FunnelStep",
    "HoldOutReading",
    "Impact",
    "Index",
    "Lag",
    "Meaning",
    "MemberRow",
    "MemberValue",
    "MembersPage",
    "Membership",
    "Move",
    "Movement",
    "Neighbour",
    "Point",
    "Preview",
    "Recalibration",
    "Recent",
    "Regions",
    "ShownPoint",
    "ShownPreview",
    "ShownRegions",
    "ShownStep",
    "ShownTurn",
    "ShownWhatIf",
    "SizePoint",
    "SizeRow",
    "Stability",
    "Stamp",
    "Step",
    "TimelineFilter",
    "TimelinePage",
    "TimelineRow",
    "ToldMove",
    "WhatIf",
    "alerts",
    "changes_since",
    "checked_purpose",
    "compared",
    "counts_on_newest",
    "creation_evidence",
    "entered_since",
    "evidence_of_members",
    "explanation",
    "history_of",
    "hold_out_of",
    "home_panels",
    "impact",
    "lag",
    "last_published_at",
    "meaning_for",
    "member_ids",
    "member_values",
    "members_page",
    "members_page_for",
    "moved_since",
    "movement",
    "open_run_for",
    "open_runs",
    "ordinal_before",
    "ordinal_for",
    "overdue_inputs_of",
    "preview",
    "preview_for",
    "recalibration",
    "regions_between",
    "remaining",
    "repetitions_of",
    "run_for",
    "runs_for",
    "runs_of_segment",
    "segments_of",
    "segments_of_ordinal",
    "segments_without",
    "shown_count",
    "shown_state",
    "size_history",
    "size_of",
    "sizes",
    "sizes_at",
    "stability_of",
    "stamp_at",
    "stored_hold_out",
    "threshold_at",
    "timeline_of",
    "value_measures",
    "what_if",
    "what_if_for",
]
