"""Judges votes: which count, whether they decide, and what is still missing, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["approved", "rejected", "returned", "open"]


@dataclass(frozen=True)
class Policy:
    """What a board asks for: `quorum` approvals in all, among them `required[function]` of each function."""

    quorum: int
    required: Mapping[str, int]
    reject_on: str = "any"

    def __post_init__(self) -> None:
        if self.quorum < 1:
            raise ValueError("A quorum below 1 would approve by itself.")
        if any(number < 1 for number in self.required.values()):
            raise ValueError("A required number below 1 asks for nothing.")
        if sum(self.required.values()) > self.quorum:
            raise ValueError("The quorum must cover the required functions.")


@dataclass(frozen=True)
class Ballot:
    """One vote on the current revision: who, for which function, what."""

    voter: int
    function: str
    verdict: str


@dataclass(frozen=True)
class Judgement:
    """The outcome, the approvals that count by function, and what is missing as sentences without full stop."""

    outcome: Outcome
    approvals: Mapping[str, int]
    missing: tuple[str, ...]
    is_reachable: bool


def counted(
    votes: Sequence[Ballot], seats: Mapping[int, str], barred: frozenset[int] = frozenset()
) -> dict[int, Ballot]:
    """The votes that count: of people who hold, now, the seat they voted from, and did not shape the request.

    `seats` maps each person who holds a seat now to its function. One vote per person; the first one stands.
    """
    valid: dict[int, Ballot] = {}
    for vote in votes:
        if vote.voter not in barred and seats.get(vote.voter) == vote.function:
            valid.setdefault(vote.voter, vote)
    return valid


def judge(
    policy: Policy,
    votes: Sequence[Ballot],
    seats: Mapping[int, str],
    *,
    barred: frozenset[int] = frozenset(),
    words: Mapping[str, str] | None = None,
) -> Judgement:
    """What the votes decide under the policy.

    A request for changes returns; a rejection rejects, at once or (`reject_on` "impossible") when the approvals can
    no longer be reached; approvals approve when they reach the quorum and every required number. An abstention is
    recorded and counts towards nothing. `words` gives the functions' names for the sentences.
    """
    valid = counted(votes, seats, barred)
    approvals = _by_function(vote.function for vote in valid.values() if vote.verdict == "approve")
    free = _by_function(function for person, function in seats.items() if person not in valid and person not in barred)
    missing = _missing(policy, approvals, words or {})
    reachable = _is_met(policy, {name: approvals.get(name, 0) + free.get(name, 0) for name in {*approvals, *free}})
    verdicts = {vote.verdict for vote in valid.values()}
    outcome: Outcome = "open"
    if "request_changes" in verdicts:
        outcome = "returned"
    elif "reject" in verdicts and (policy.reject_on == "any" or not reachable):
        outcome = "rejected"
    elif _is_met(policy, approvals):
        outcome = "approved"
    return Judgement(outcome, approvals, missing, reachable)


def _by_function(functions: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for function in functions:
        found[function] = found.get(function, 0) + 1
    return found


def _is_met(policy: Policy, approvals: Mapping[str, int]) -> bool:
    enough = sum(approvals.values()) >= policy.quorum
    return enough and all(approvals.get(name, 0) >= number for name, number in policy.required.items())


def _missing(policy: Policy, approvals: Mapping[str, int], words: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    owed = 0
    for name, number in policy.required.items():
        lacking = max(0, number - approvals.get(name, 0))
        owed += lacking
        if lacking:
            found.append(f"{lacking} approval{'s' if lacking > 1 else ''} from {words.get(name, name)}")
    rest = policy.quorum - sum(approvals.values()) - owed
    if rest > 0:
        other = " more" if found or approvals else ""
        found.append(f"{rest}{other} approval{'s' if rest > 1 else ''} from any seat")
    return tuple(found)
