"""Judges votes: which count, whether they decide, and what is still missing, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

_SAME_HOST = {"googlemail.com": "gmail.com"}
_DOTLESS = frozenset({"gmail.com"})
Outcome = Literal["approved", "rejected", "returned", "open"]
NAMED = "named"
"""The function of a vote that somebody gives because the requirement names them, not from a seat."""


@dataclass(frozen=True)
class Policy:
    """What must be given: `quorum` approvals in all, among them `required[function]` of each function.

    Besides, an approval of each of `people` (by id), and `outsiders` assents of invited people without a seat.
    """

    quorum: int
    required: Mapping[str, int]
    reject_on: str = "any"
    people: tuple[int, ...] = ()
    outsiders: int = 0

    def __post_init__(self) -> None:
        if self.quorum < 1:
            raise ValueError("A quorum below 1 would approve by itself.")
        if any(number < 1 for number in self.required.values()):
            raise ValueError("A required number below 1 asks for nothing.")
        if sum(self.required.values()) > self.quorum:
            raise ValueError("The quorum must cover the required functions.")


@dataclass(frozen=True)
class Ballot:
    """One vote on the current revision: who, for which function, what.

    `holder` is the person whose seat it is, where somebody votes for another. A vote for the function `NAMED` is of
    somebody whom the requirement names, without a seat.
    """

    voter: int
    function: str
    verdict: str
    holder: int | None = None

    @property
    def seat_of(self) -> int:
        """The person whose seat the vote is cast from."""
        return self.voter if self.holder is None else self.holder


@dataclass(frozen=True)
class Judgement:
    """The outcome, the approvals that count by function, and what is missing as sentences without full stop."""

    outcome: Outcome
    approvals: Mapping[str, int]
    missing: tuple[str, ...]
    is_reachable: bool


def counted(
    votes: Sequence[Ballot],
    seats: Mapping[int, str],
    barred: frozenset[int] = frozenset(),
    people: Sequence[int] = (),
) -> dict[int, Ballot]:
    """The votes that count: from seats that are held now, by and for people who did not shape the request.

    `seats` maps each person who holds a seat now to its function. One vote per person and one per seat; the first one
    stands. Without a seat only the vote of somebody whom the requirement names (`people`) counts.
    """
    valid: dict[int, Ballot] = {}
    used: set[int] = set()
    for vote in votes:
        if vote.voter in valid or vote.voter in barred:
            continue
        if vote.function == NAMED:
            if vote.voter in people:
                valid[vote.voter] = vote
        elif seats.get(vote.seat_of) == vote.function and vote.seat_of not in barred and vote.seat_of not in used:
            valid[vote.voter] = vote
            used.add(vote.seat_of)
    return valid


def judge(
    policy: Policy,
    votes: Sequence[Ballot],
    seats: Mapping[int, str],
    *,
    barred: frozenset[int] = frozenset(),
    words: Mapping[str, str] | None = None,
    names: Mapping[int, str] | None = None,
    assents: int = 0,
) -> Judgement:
    """What the votes decide under the policy.

    A request for changes returns; a rejection rejects, at once or (`reject_on` "impossible") when the approvals can
    no longer be reached; approvals approve when they reach the quorum, every required number, every named person and
    the assents of outsiders. An abstention is recorded and counts towards nothing. `words` gives the functions' names
    and `names` the people's for the sentences.
    """
    valid = counted(votes, seats, barred, policy.people)
    seated = [vote for vote in valid.values() if vote.function != NAMED]
    used = {vote.seat_of for vote in seated}
    approvals = _by_function(vote.function for vote in seated if vote.verdict == "approve")
    agreed = {vote.voter for vote in valid.values() if vote.verdict == "approve"}
    free = _by_function(function for person, function in seats.items() if person not in used and person not in barred)
    missing = _missing(policy, approvals, words or {}) + _missing_besides(policy, agreed, names or {}, assents)
    could = {person for person in policy.people if person in agreed or (person not in valid and person not in barred)}
    reachable = _is_met(policy, {name: approvals.get(name, 0) + free.get(name, 0) for name in {*approvals, *free}})
    verdicts = {vote.verdict for vote in valid.values()}
    outcome: Outcome = "open"
    if "request_changes" in verdicts:
        outcome = "returned"
    elif "reject" in verdicts and (policy.reject_on == "any" or not reachable or could != set(policy.people)):
        outcome = "rejected"
    elif _is_met(policy, approvals) and agreed >= set(policy.people) and assents >= policy.outsiders:
        outcome = "approved"
    return Judgement(outcome, approvals, missing, reachable and could == set(policy.people))


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


def _missing_besides(policy: Policy, agreed: set[int], names: Mapping[int, str], assents: int) -> tuple[str, ...]:
    found = [
        f"the approval of {names.get(person, 'somebody named')}" for person in policy.people if person not in agreed
    ]
    lacking = policy.outsiders - assents
    if lacking > 0:
        found.append(f"the yes of {lacking} invited {'people' if lacking > 1 else 'person'} from outside")
    return tuple(found)


def mailbox_of(address: str) -> str:
    """The address in the one spelling that its other spellings share: small letters, without a tag after a plus sign,
    and without dots where the provider ignores them. The database counts by the same rule (`reviews_mailbox`)."""
    box, _, host = address.strip().lower().rpartition("@")
    host = _SAME_HOST.get(host, host)
    tag = box.find("+")
    box = box[:tag] if tag > 0 else box
    return f"{box.replace('.', '') if host in _DOTLESS else box}@{host}"
