"""The tables of consent: boards and seats, requests and their revisions, votes, comments, impact records, drafts."""

from reviews.models.board import Board, Seat
from reviews.models.comment import Comment
from reviews.models.impact import Impact
from reviews.models.request import ChangeRequest, Revision
from reviews.models.rule_draft import RuleDraft
from reviews.models.vote import Vote

__all__ = ["Board", "ChangeRequest", "Comment", "Impact", "Revision", "RuleDraft", "Seat", "Vote"]
