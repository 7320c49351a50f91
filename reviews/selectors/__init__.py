"""Reading requests, boards and votes."""

from reviews.selectors.boards import board_for, boards_for, governing_board, open_seats
from reviews.selectors.desk import home_panels, inbox, search, segment_uses, sits_on_a_board, waiting_count
from reviews.selectors.detail import Detail, detail_for
from reviews.selectors.evidence import evidence_pack
from reviews.selectors.requests import (
    competing_requests,
    current_impact,
    current_revision,
    open_requests,
    request_for,
    requests_about,
    requests_for,
)
from reviews.selectors.standing import Eligibility, Standing, eligibility, policy_of, seat_functions, standing

__all__ = [
    "Detail",
    "Eligibility",
    "Standing",
    "board_for",
    "boards_for",
    "competing_requests",
    "current_impact",
    "current_revision",
    "detail_for",
    "eligibility",
    "evidence_pack",
    "governing_board",
    "home_panels",
    "inbox",
    "open_requests",
    "open_seats",
    "policy_of",
    "request_for",
    "requests_about",
    "requests_for",
    "search",
    "seat_functions",
    "segment_uses",
    "sits_on_a_board",
    "standing",
    "waiting_count",
]
