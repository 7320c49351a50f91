"""How a vote stands: who may vote, who did, what counts, what is missing and who can give it."""

from dataclasses import dataclass
from typing import Any

from accounts.choices import Function
from reviews.choices import EXPIRES_DAYS, RejectOn, State
from reviews.models import Board, ChangeRequest, Seat, Vote
from reviews.policies import barred_voters, vote_refusal
from reviews.quorum import Ballot, Judgement, Policy, judge

FUNCTION_WORDS = {value: label.lower() for value, label in Function.choices}


@dataclass(frozen=True)
class Eligibility:
    """Whether a person may vote now, for which function, and if not, why not and who can."""

    may_vote: bool
    reason: str
    function: str


@dataclass(frozen=True)
class FunctionStanding:
    """One function's part: what is required, what has come, who voted and who still can."""

    function: str
    label: str
    required: int
    received: int
    votes: list[Vote]
    can_vote: list[Any]
    barred: list[Any]

    @property
    def is_met(self) -> bool:
        return self.received >= self.required


@dataclass(frozen=True)
class Standing:
    """The whole vote on the current revision. `hollow` votes are of people who no longer hold their seat."""

    policy: Policy
    judgement: Judgement
    functions: list[FunctionStanding]
    votes: list[Vote]
    hollow: list[Vote]
    missing: list[str]

    @property
    def received(self) -> int:
        """How many approvals count."""
        return sum(self.judgement.approvals.values())

    @property
    def eligible(self) -> list[tuple[Any, str]]:
        """People who can still vote, each with the function."""
        return [(person, part.function) for part in self.functions for person in part.can_vote]


def policy_of(board: Board) -> Policy:
    """The board's policy as the judge of votes reads it, functions in their usual order."""
    required = board.policy["required"]
    return Policy(
        quorum=int(board.policy["quorum"]),
        required={name: int(required[name]) for name in Function.values if name in required},
        reject_on=board.policy.get("reject_on", RejectOn.ANY),
    )


def expires_days(board: Board) -> int:
    """Days in review after which the board's requests expire."""
    return int(board.policy.get("expires_days", EXPIRES_DAYS))


def seat_functions(board_id: int) -> dict[int, str]:
    """Person -> function of the board's seats, held now by active people."""
    rows = Seat.objects.filter(board_id=board_id, until__isnull=True, user__is_active=True)
    return dict(rows.values_list("user_id", "function"))


def valid_votes(request: ChangeRequest) -> list[Vote]:
    """The votes on the current revision that were not voided, oldest first."""
    return list(
        Vote.objects.filter(request_id=request.pk, revision__number=request.revision, voided_at__isnull=True)
        .select_related("voter", "revision")
        .order_by("pk")
    )


def judged(request: ChangeRequest) -> Judgement:
    """What the votes decide at this moment."""
    ballots = [Ballot(vote.voter_id, vote.function, vote.verdict) for vote in valid_votes(request)]
    return judge(
        policy_of(request.board),
        ballots,
        seat_functions(request.board_id),
        barred=barred_voters(request),
        words=FUNCTION_WORDS,
    )


def standing(request: ChangeRequest) -> Standing:
    """How the vote on the request stands now."""
    return _standing(request.board, valid_votes(request), barred_voters(request))


def standing_before(board: Board, author_id: int) -> Standing:
    """How the vote on a request of that author would begin: what would be required and who could give it."""
    return _standing(board, [], frozenset({author_id}))


def _standing(board: Board, votes: list[Vote], barred: frozenset[int]) -> Standing:
    policy = policy_of(board)
    seats = list(
        Seat.objects.filter(board=board, until__isnull=True, user__is_active=True)
        .select_related("user")
        .order_by("user__display_name", "user__username")
    )
    held = {seat.user_id: seat.function for seat in seats}
    ballots = [Ballot(vote.voter_id, vote.function, vote.verdict) for vote in votes]
    judgement = judge(policy, ballots, held, barred=barred, words=FUNCTION_WORDS)
    counted = [vote for vote in votes if held.get(vote.voter_id) == vote.function and vote.voter_id not in barred]
    voted = {vote.voter_id for vote in votes}
    functions = [
        _part(name, label, policy, judgement, seats, counted, voted, barred)
        for name, label in Function.choices
        if name in policy.required or any(seat.function == name for seat in seats)
    ]
    return Standing(
        policy=policy,
        judgement=judgement,
        functions=functions,
        votes=counted,
        hollow=[vote for vote in votes if vote not in counted],
        missing=_missing_with_names(judgement, functions),
    )


def _part(
    name: str,
    label: str,
    policy: Policy,
    judgement: Judgement,
    seats: list[Seat],
    counted: list[Vote],
    voted: set[int],
    barred: frozenset[int],
) -> FunctionStanding:
    holders = [seat.user for seat in seats if seat.function == name]
    return FunctionStanding(
        function=name,
        label=label,
        required=policy.required.get(name, 0),
        received=judgement.approvals.get(name, 0),
        votes=[vote for vote in counted if vote.function == name],
        can_vote=[person for person in holders if person.pk not in voted and person.pk not in barred],
        barred=[person for person in holders if person.pk in barred],
    )


def _missing_with_names(judgement: Judgement, functions: list[FunctionStanding]) -> list[str]:
    """Each missing part as a sentence that names who can give it."""
    by_words = {FUNCTION_WORDS[part.function]: part for part in functions}
    found: list[str] = []
    for sentence in judgement.missing:
        part = by_words.get(sentence.rsplit(" from ", 1)[-1])
        people = part.can_vote if part else [person for each in functions for person in each.can_vote]
        names = ", ".join(str(person) for person in people[:4]) + (" and others" if len(people) > 4 else "")
        given_by = f": {names} can give it" if names else ": nobody can give it now; an administrator can seat somebody"
        found.append(sentence + given_by)
    return found


def eligibility(user: Any, request: ChangeRequest) -> Eligibility:
    """Whether `user` may vote on the request now, and if not, the reason with who can."""
    function = Seat.objects.filter(board_id=request.board_id, user_id=user.pk, until__isnull=True).values_list(
        "function", flat=True
    )
    held = function.first()
    refusal = vote_refusal(user, request, held, barred_voters(request))
    if refusal is not None:
        return Eligibility(False, str(refusal), held or "")
    if request.state != State.IN_REVIEW:
        return Eligibility(
            False, f"Votes are taken while a request is in review; this one is {_words(request)}.", held or ""
        )
    mine = next((vote for vote in valid_votes(request) if vote.voter_id == user.pk), None)
    if mine is not None:
        said = mine.get_verdict_display().lower()
        return Eligibility(
            False, f"You voted “{said}” on this revision. A verdict stands until the request changes.", held or ""
        )
    return Eligibility(True, "", held or "")


def _words(request: ChangeRequest) -> str:
    return request.get_state_display().lower()
