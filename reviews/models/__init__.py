"""The tables of consent: boards and seats, requests with revisions and votes, and what surrounds them."""

from reviews.models.assumption import Assumption
from reviews.models.board import Blackout, Board, Delegation, Seat
from reviews.models.comment import Comment, Suggestion
from reviews.models.emergency import Emergency
from reviews.models.impact import Impact
from reviews.models.request import ChangeRequest, Revision
from reviews.models.resolution import Resolution
from reviews.models.rule_draft import RuleDraft
from reviews.models.standing_aside import Claim, Declaration, Invitation
from reviews.models.vote import Vote

__all__ = [
    "Assumption",
    "Blackout",
    "Board",
    "ChangeRequest",
    "Claim",
    "Comment",
    "Declaration",
    "Delegation",
    "Emergency",
    "Impact",
    "Invitation",
    "Resolution",
    "Revision",
    "RuleDraft",
    "Seat",
    "Suggestion",
    "Vote",
]
