"""Plays the company's change requests through the portal's services, each person doing their own part."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from accounts.selectors import user_by_username
from common import correlation
from common.clock import set_back
from demo.documents import Ballot, Company, Pace, Proposal, Story
from reviews.choices import DECIDED, State
from reviews.selectors import detail_for, requests_for
from reviews.services.comments import add_comment
from reviews.services.requests import create_request, edit_request, submit_request
from reviews.services.voting import cast_vote

if TYPE_CHECKING:
    from reviews.models import ChangeRequest


# Parts of the way of a story: written first, then submitted, sent back and answered, voted on until the end.
_SUBMITTED, _SENT_BACK, _ANSWERED, _TALKED = 0.2, 0.35, 0.45, 0.5


def founding_stories(documents: Company, proposals: Iterable[Proposal], days_ago: float = 0.0) -> list[Story]:
    """For each proposal a request that the founding voters of its board approve, their reasons taken in turn.

    The first took effect so many days ago, and one each day after it; what is quickly agreed takes two days, the rest
    up to eight.
    """
    stories = []
    for place, proposal in enumerate(proposals):
        board = _board_key(documents, proposal.key)
        voters = [voter for voter in documents.founding_voters if voter.board == board]
        ballots = tuple(
            Ballot(
                username=voter.username, verdict="approve", reason=voter.reasons[(place + turn) % len(voter.reasons)]
            )
            for turn, voter in enumerate(voters)
        )
        ended = max(days_ago - place, 0.0)
        pace = Pace(begun=ended + 2 + place * 5 % 7 if days_ago else 0.0, ended=ended)
        stories.append(Story(proposal=proposal, votes=ballots, pace=pace))
    return stories


def play(story: Story, *, viewer: Any) -> bool:
    """Afterwards the request stands as far as its story goes; whether anything was left to do.

    Safe to repeat after a kill at any point: what was done is found by reading the request, and is not done again. A
    request that is decided, or that somebody took another way, is left alone.
    """
    proposal = story.proposal
    found = _request_of(proposal, viewer)
    if found is not None and found.state in (*DECIDED, State.APPROVED, State.STALE):
        return False
    with correlation.bind(found.correlation_id if found else uuid.uuid4()):
        request = found or _begun(story)
        past = _Past(viewer, request) if found else _Past.nothing()
        request = _before_the_board(request, story.pace)
        request = _first_round(request, story, past)
        with set_back(story.pace.back(_TALKED)):
            for username, text in story.comments:
                if text not in past.comments:
                    add_comment(actor=user_by_username(username), request_id=request.pk, body=text)
        return _cast(request, story.votes, past, story.pace, earlier=story.first_round) or found is None


class _Past:
    """What was said and voted on a request before this run began."""

    def __init__(self, viewer: Any, request: "ChangeRequest") -> None:
        moments = detail_for(viewer=viewer, request_id=request.pk).timeline
        self.comments = {moment.text for moment in moments if moment.event == "reviews.comment.added"}
        self.votes = Counter(moment.who for moment in moments if moment.event == "reviews.vote.cast")

    @classmethod
    def nothing(cls) -> "_Past":
        """A request that was just begun."""
        empty = cls.__new__(cls)
        empty.comments, empty.votes = set(), Counter()
        return empty


def _board_key(documents: Company, key: str) -> str:
    """The board with the deepest branch on the path to a segment, as the portal will find it."""
    parents = {segment.key: segment.content["parent"] for segment in documents.segments}
    place: str | None = key
    while place is not None:
        for board in documents.boards:
            if place in board["branches"]:
                return str(board["key"])
        place = parents[place]
    return next(str(board["key"]) for board in documents.boards if not board["branches"])


def _request_of(proposal: Proposal, viewer: Any) -> "ChangeRequest | None":
    return (
        requests_for(viewer=viewer)
        .filter(
            kind=proposal.kind,
            subject_type=proposal.subject_type,
            subject_key=proposal.key,
            title=proposal.title,
            author__username=proposal.author,
        )
        .exclude(state=State.WITHDRAWN)
        .first()
    )


def _begun(story: Story) -> "ChangeRequest":
    proposal = story.proposal
    with set_back(story.pace.back(0)):
        return create_request(
            actor=user_by_username(proposal.author),
            kind=proposal.kind,
            subject_type=proposal.subject_type,
            subject_key=proposal.key,
            proposed=story.first_content or proposal.content,
            rationale=proposal.rationale,
            expected=proposal.expected,
            title=proposal.title,
            statement=proposal.statement,
        )


def _before_the_board(request: "ChangeRequest", pace: Pace) -> "ChangeRequest":
    if request.state != State.DRAFT:
        return request
    with set_back(pace.back(_SUBMITTED)):
        return submit_request(actor=request.author, request_id=request.pk)


def _first_round(request: "ChangeRequest", story: Story, past: _Past) -> "ChangeRequest":
    """Have the first proposal sent back, and the author answer it with the second."""
    if story.first_content is None:
        return request
    if request.proposed["rule"] == story.first_content["rule"]:
        if request.state == State.IN_REVIEW:
            with set_back(story.pace.back(_SENT_BACK)):
                _cast(request, story.first_round, past)
        with set_back(story.pace.back(_ANSWERED)):
            edit_request(actor=request.author, request_id=request.pk, changes={"proposed": story.proposal.content})
            return submit_request(actor=request.author, request_id=request.pk)
    if request.state == State.CHANGES_REQUESTED:
        with set_back(story.pace.back(_ANSWERED)):
            return submit_request(actor=request.author, request_id=request.pk)
    return request


def _cast(
    request: "ChangeRequest",
    ballots: Sequence[Ballot],
    past: _Past,
    pace: Pace | None = None,
    earlier: Iterable[Ballot] = (),
) -> bool:
    """Cast the votes that were not cast before, the last at the end of the pace; whether there were any."""
    before = Counter(ballot.username for ballot in earlier)
    is_cast = False
    for place, ballot in enumerate(ballots, 1):
        voter = user_by_username(ballot.username)
        before[ballot.username] += 1
        if past.votes[voter.display_name] >= before[ballot.username]:
            continue
        part = _TALKED + (1 - _TALKED) * place / len(ballots)
        with set_back(pace.back(part)) if pace else nullcontext():
            cast_vote(
                actor=voter,
                request_id=request.pk,
                verdict=ballot.verdict,
                reason=ballot.reason,
                digest=request.digest,
            )
        is_cast = True
    return is_cast
