"""Plays the company's change requests through the portal's services, each person doing their own part."""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from accounts.selectors import user_by_username
from common import correlation
from demo.documents import Ballot, Company, Proposal, Story
from reviews.choices import DECIDED, State
from reviews.selectors import detail_for, requests_for
from reviews.services.comments import add_comment
from reviews.services.requests import create_request, edit_request, submit_request
from reviews.services.voting import cast_vote

if TYPE_CHECKING:
    from reviews.models import ChangeRequest


def founding_stories(documents: Company, proposals: Iterable[Proposal]) -> list[Story]:
    """For each proposal a request that the founding voters of its board approve, their reasons taken in turn."""
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
        stories.append(Story(proposal=proposal, votes=ballots))
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
        request = _before_the_board(request)
        request = _first_round(request, story, past)
        for username, text in story.comments:
            if text not in past.comments:
                add_comment(actor=user_by_username(username), request_id=request.pk, body=text)
        return _cast(request, story.votes, past, earlier=story.first_round) or found is None


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
    return create_request(
        actor=user_by_username(proposal.author),
        kind=proposal.kind,
        subject_type=proposal.subject_type,
        subject_key=proposal.key,
        proposed=story.first_content or proposal.content,
        rationale=proposal.rationale,
        expected=proposal.expected,
        title=proposal.title,
    )


def _before_the_board(request: "ChangeRequest") -> "ChangeRequest":
    if request.state != State.DRAFT:
        return request
    return submit_request(actor=request.author, request_id=request.pk)


def _first_round(request: "ChangeRequest", story: Story, past: _Past) -> "ChangeRequest":
    """Have the first proposal sent back, and the author answer it with the second."""
    if story.first_content is None:
        return request
    if request.proposed["rule"] == story.first_content["rule"]:
        if request.state == State.IN_REVIEW:
            _cast(request, story.first_round, past)
        edit_request(actor=request.author, request_id=request.pk, changes={"proposed": story.proposal.content})
        return submit_request(actor=request.author, request_id=request.pk)
    if request.state == State.CHANGES_REQUESTED:
        return submit_request(actor=request.author, request_id=request.pk)
    return request


def _cast(request: "ChangeRequest", ballots: Iterable[Ballot], past: _Past, earlier: Iterable[Ballot] = ()) -> bool:
    """Cast the votes that were not cast before; whether there were any."""
    before = Counter(ballot.username for ballot in earlier)
    is_cast = False
    for ballot in ballots:
        voter = user_by_username(ballot.username)
        before[ballot.username] += 1
        if past.votes[voter.display_name] < before[ballot.username]:
            cast_vote(
                actor=voter,
                request_id=request.pk,
                verdict=ballot.verdict,
                reason=ballot.reason,
                digest=request.digest,
            )
            is_cast = True
    return is_cast
