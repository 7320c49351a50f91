"""Reading requests, boards and votes."""

from reviews.selectors.boards import (
    board_for,
    boards_for,
    functions_held,
    governing_board,
    governing_name,
    open_seats,
    past_seats,
)
from reviews.selectors.desk import (
    home_panels,
    impact_lines,
    inbox,
    search,
    segment_uses,
    sits_on_a_board,
    waiting_count,
)
from reviews.selectors.detail import Detail, detail_for
from reviews.selectors.drafting import KnownAttribute, known_attributes
from reviews.selectors.evidence import evidence_pack
from reviews.selectors.quick_wins import flagged_wins
from reviews.selectors.requests import (
    competing_requests,
    current_impact,
    current_revision,
    open_requests,
    private_entries,
    request_for,
    requests_about,
    requests_for,
)
from reviews.selectors.standing import (
    Eligibility,
    Standing,
    eligibility,
    policy_of,
    seat_functions,
    standing,
    standing_before,
)

__all__ = [
    "Detail",
    "Eligibility",
    "KnownAttribute",
    "Standing",
    "board_for",
    "boards_for",
    "competing_requests",
    "current_impact",
    "current_revision",
    "detail_for",
    "eligibility",
    "evidence_pack",
    "flagged_wins",
    "functions_held",
    "governing_board",
    "governing_name",
    "home_panels",
    "impact_lines",
    "inbox",
    "known_attributes",
    "open_requests",
    "open_seats",
    "past_seats",
    "policy_of",
    "private_entries",
    "request_for",
    "requests_about",
    "requests_for",
    "search",
    "seat_functions",
    "segment_uses",
    "sits_on_a_board",
    "standing",
    "standing_before",
    "waiting_count",
]
