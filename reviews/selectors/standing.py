"""How a vote stands: who may vote, who did, what counts, what is missing and who can give it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.choices import Function
from accounts.selectors import people
from common.once import once_per_page
from reviews.choices import EXPIRES_DAYS, RejectOn, State, Verdict
from reviews.models import Board, ChangeRequest, Delegation, Invitation, Seat, Vote
from reviews.policies import barred_voters
from reviews.quorum import NAMED, Ballot, Judgement, Policy, counted, judge, mailbox_of
from reviews.selectors.rights import best_right, hands_on, has_lapsed, lent_now, right_refusal

FUNCTION_WORDS = {value: label.lower() for value, label in Function.choices} | {NAMED: "those who are named"}


@dataclass(frozen=True)
class Eligibility:
    """Whether a person may vote now, for which function, and if not, why not and who can.

    `in_place_of` is the holder of a seat that is lent to them, `delegation_id` by which act.
    """

    may_vote: bool
    reason: str
    function: str
    in_place_of: str = ""
    delegation_id: int | None = None


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
    lent: list[Delegation] = field(default_factory=list)

    @property
    def is_met(self) -> bool:
        return self.received >= self.required


@dataclass(frozen=True)
class PersonStanding:
    """Somebody whom the requirement names: why, and whether they have approved."""

    person: Any
    because: str
    has_approved: bool
    is_barred: bool


@dataclass(frozen=True)
class Standing:
    """The whole vote on the current revision. `hollow` votes are of people who no longer hold their seat."""

    policy: Policy
    judgement: Judgement
    functions: list[FunctionStanding]
    votes: list[Vote]
    hollow: list[Vote]
    missing: list[str]
    people: list[PersonStanding] = field(default_factory=list)
    outsiders: int = 0

    @property
    def received(self) -> int:
        """How many approvals count."""
        return sum(self.judgement.approvals.values())

    @property
    def eligible(self) -> list[tuple[Any, str]]:
        """People who can still vote, each with the function; somebody named stands there for that."""
        seated = [(person, part.function) for part in self.functions for person in part.can_vote]
        known = {person.pk for person, _ in seated}
        named = [item.person for item in self.people if not item.has_approved and not item.is_barred]
        return seated + [(person, NAMED) for person in named if person.pk not in known]


def policy_of(board: Board) -> Policy:
    """What the board usually asks for."""
    return policy_in(board.policy)


def policy_in(asked: Mapping[str, Any], ids: Sequence[int] = ()) -> Policy:
    """A policy or a requirement as the judge of votes reads it; `ids` are the people whom it names."""
    required = asked["required"]
    return Policy(
        quorum=int(asked["quorum"]),
        required={name: int(required[name]) for name in Function.values if name in required},
        reject_on=asked.get("reject_on", RejectOn.ANY),
        people=tuple(ids),
        outsiders=int(asked.get("outsiders", 0)),
    )


def asked_of(request: ChangeRequest) -> Mapping[str, Any]:
    """What the request needs: as resolved for its current revision, else what its board usually asks for."""
    return request.requirement or {**request.board.policy, "people": []}


def expires_days(request: ChangeRequest) -> int:
    """Days in review after which the request expires."""
    return int(asked_of(request).get("expires_days") or EXPIRES_DAYS)


def seat_functions(board_id: int) -> dict[int, str]:
    """Person -> function of the board's seats, held now by active people."""
    rows = Seat.objects.filter(board_id=board_id, until__isnull=True, user__is_active=True)
    return dict(rows.values_list("user_id", "function"))


@once_per_page(lambda request: (request.pk, request.revision))
def valid_votes(request: ChangeRequest) -> list[Vote]:
    """The votes on the current revision that were not voided, oldest first; none under a delegation that was revoked
    since. Those of people who were deactivated are among them, and count for nothing."""
    return list(
        Vote.objects.filter(request_id=request.pk, revision__number=request.revision, voided_at__isnull=True)
        .exclude(delegation__revoked_at__isnull=False)
        .select_related("voter", "revision", "seat__user", "delegation")
        .order_by("pk")
    )


def assents(request: ChangeRequest) -> int:
    """How many outsiders said yes to the current revision; a mailbox counts once, however its address is spelt."""
    given = Invitation.objects.filter(request_id=request.pk, verdict=Verdict.APPROVE, digest=request.digest)
    standing = given.filter(voided_at__isnull=True, revoked_at__isnull=True)
    return len({mailbox_of(address) for address in standing.values_list("email", flat=True)})


def named_people(asked: Mapping[str, Any]) -> dict[str, Any]:
    """User name -> person, of those whom a requirement names and who are active; the others cannot approve."""
    names = [item["username"] for item in asked.get("people") or () if isinstance(item, Mapping)]
    return {person.get_username(): person for person in people().filter(username__in=names)} if names else {}


def judged(request: ChangeRequest) -> Judgement:
    """What the votes decide at this moment."""
    asked = asked_of(request)
    return judge(
        policy_in(asked, _ids(asked, named_people(asked))),
        _ballots(valid_votes(request)),
        seat_functions(request.board_id),
        barred=barred_voters(request),
        words=FUNCTION_WORDS,
        assents=assents(request) if asked.get("outsiders") else 0,
    )


def _ids(asked: Mapping[str, Any], persons: Mapping[str, Any]) -> list[int]:
    """The ids of those who are named; somebody who is gone stands for nobody, and their approval stays missing."""
    return [persons[item["username"]].pk if item["username"] in persons else 0 for item in asked.get("people") or ()]


def _ballots(votes: Sequence[Vote]) -> list[Ballot]:
    active = [vote for vote in votes if vote.voter.is_active]
    return [
        Ballot(vote.voter_id, vote.function, vote.verdict, vote.seat.user_id if vote.seat else None) for vote in active
    ]


def standing(request: ChangeRequest) -> Standing:
    """How the vote on the request stands now."""
    asked = asked_of(request)
    came = assents(request) if asked.get("outsiders") else 0
    return standing_under(request.board, asked, valid_votes(request), barred_voters(request), came)


def standing_before(board: Board, author_id: int) -> Standing:
    """How the vote on a request of that author would begin: what would usually be required and who could give it."""
    return standing_under(board, {**board.policy, "people": []}, [], frozenset({author_id}))


def standing_under(
    board: Board, asked: Mapping[str, Any], votes: list[Vote], barred: frozenset[int], came: int = 0
) -> Standing:
    """How these votes stand where `asked` must be given; `came` outsiders have said yes."""
    persons = named_people(asked)
    policy = policy_in(asked, _ids(asked, persons))
    seats = list(
        Seat.objects.filter(board=board, until__isnull=True, user__is_active=True)
        .select_related("user")
        .order_by("user__display_name", "user__username")
    )
    held = {seat.user_id: seat.function for seat in seats}
    ballots = _ballots(votes)
    names = {person.pk: str(person) for person in persons.values()} | {0: "somebody who is no longer here"}
    judgement = judge(policy, ballots, held, barred=barred, words=FUNCTION_WORDS, names=names, assents=came)
    standing_votes = counted(ballots, held, barred, policy.people)
    counting = [vote for vote in votes if vote.voter_id in standing_votes and vote.function in _functions(vote, held)]
    used = {ballot.seat_of for ballot in standing_votes.values()} | {
        person for vote in votes if vote.voter.is_active for person in (vote.voter_id, _seat_of(vote))
    }
    lent = list(lent_now(board.pk))
    functions = [
        _part(name, label, policy, judgement, seats, counting, used, barred, lent)
        for name, label in Function.choices
        if name in policy.required or any(seat.function == name for seat in seats)
    ]
    approving = {vote.voter_id for vote in counting if vote.verdict == Verdict.APPROVE}
    named = [
        PersonStanding(persons[item["username"]], str(item.get("because", "")),
                       persons[item["username"]].pk in approving, persons[item["username"]].pk in barred)
        for item in asked.get("people") or () if item["username"] in persons
    ]  # fmt: skip
    hollow = [vote for vote in votes if vote not in counting]
    missing = _missing_with_names(judgement, functions)
    return Standing(policy, judgement, functions, counting, hollow, missing, named, came)


def _seat_of(vote: Vote) -> int:
    """The person from whose seat it was cast."""
    return vote.seat.user_id if vote.seat else vote.voter_id


def _functions(vote: Vote, held: Mapping[int, str]) -> tuple[str, ...]:
    """The functions for which a vote may stand: that of its seat today, or being named."""
    return (held.get(_seat_of(vote), ""), NAMED)


def _part(
    name: str,
    label: str,
    policy: Policy,
    judgement: Judgement,
    seats: list[Seat],
    counting: list[Vote],
    used: set[int],
    barred: frozenset[int],
    lent: list[Delegation],
) -> FunctionStanding:
    holders = [seat.user for seat in seats if seat.function == name]
    free = {person.pk for person in holders if person.pk not in used and person.pk not in barred}
    return FunctionStanding(
        function=name,
        label=label,
        required=policy.required.get(name, 0),
        received=judgement.approvals.get(name, 0),
        votes=[vote for vote in counting if vote.function == name],
        can_vote=[person for person in holders if person.pk in free],
        barred=[person for person in holders if person.pk in barred],
        lent=[row for row in lent if row.seat.user_id in free and row.delegate_id not in used | barred],
    )


def _missing_with_names(judgement: Judgement, functions: list[FunctionStanding]) -> list[str]:
    """Each missing part as a sentence that names who can give it."""
    by_words = {FUNCTION_WORDS[part.function]: part for part in functions}
    found: list[str] = []
    for sentence in judgement.missing:
        if " approval" not in sentence or " from " not in sentence:
            found.append(sentence)
            continue
        part = by_words.get(sentence.rsplit(" from ", 1)[-1])
        people = part.can_vote if part else [person for each in functions for person in each.can_vote]
        names = ", ".join(str(person) for person in people[:4]) + (" and others" if len(people) > 4 else "")
        given_by = f": {names} can give it" if names else ": nobody can give it now; an administrator can seat somebody"
        found.append(sentence + given_by)
    return found


def eligibility(user: Any, request: ChangeRequest) -> Eligibility:
    """Whether `user` may vote on the request now, and if not, the reason with who can."""
    hands = hands_on(request)
    right = best_right(user, request, hands)
    function = right.function if right else ""
    refusal = right_refusal(user, request, right, hands)
    if refusal is not None:
        return Eligibility(False, str(refusal), function)
    if request.state != State.IN_REVIEW:
        return Eligibility(
            False,
            f"Votes are taken while a request is in review; this one is {request.get_state_display().lower()}.",
            function,
        )
    said = _said_already(user, request, right.seat if right else None)
    if said:
        return Eligibility(False, said, function)
    lender, act = (str(right.holder or ""), right.delegation) if right else ("", None)
    return Eligibility(True, "", function, lender, act.pk if act else None)


def _said_already(user: Any, request: ChangeRequest, seat: Seat | None) -> str:
    votes = [vote for vote in valid_votes(request) if seat is None or not has_lapsed(vote, seat)]
    mine = next((vote for vote in votes if vote.voter_id == user.pk), None)
    if mine is not None:
        said = mine.get_verdict_display().lower()
        return f"You voted “{said}” on this revision. A verdict stands until the request changes."
    other = next((vote for vote in votes if seat and vote.seat and vote.seat.user_id == seat.user_id), None)
    if other is not None:
        return f"{other.voter} has voted from this seat on this revision. A seat gives one vote, whoever casts it."
    return ""
