"""The judge of votes against a slow oracle that follows the written rule word by word."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.quorum import NAMED, Ballot, Policy, judge

FUNCTIONS = ("marketing", "sales", "product")
PEOPLE = range(7)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    required = draw(st.dictionaries(st.sampled_from(FUNCTIONS), st.integers(1, 2), max_size=3))
    quorum = draw(st.integers(max(1, sum(required.values())), 7))
    return Policy(quorum, required, draw(st.sampled_from(["any", "impossible"])))


ballots = st.lists(
    st.builds(
        Ballot,
        voter=st.sampled_from(PEOPLE),
        function=st.sampled_from(FUNCTIONS),
        verdict=st.sampled_from(["approve", "reject", "abstain", "request_changes"]),
    ),
    max_size=9,
)
seatings = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(FUNCTIONS))


def oracle(policy: Policy, votes: Sequence[Ballot], seats: Mapping[int, str], barred: frozenset[int]) -> str:
    """The rule as docs/state-machines.md words it, by brute force over people."""
    said: dict[int, str] = {}
    for person in PEOPLE:
        if person in seats and person not in barred:
            mine = [vote for vote in votes if vote.voter == person and vote.function == seats[person]]
            if mine:
                said[person] = mine[0].verdict

    def suffices(approving: set[int]) -> bool:
        if len(approving) < policy.quorum:
            return False
        return all(
            len([person for person in approving if seats[person] == function]) >= number
            for function, number in policy.required.items()
        )

    approving = {person for person, verdict in said.items() if verdict == "approve"}
    could = approving | {person for person in seats if person not in said and person not in barred}
    if "request_changes" in said.values():
        return "returned"
    if "reject" in said.values() and (policy.reject_on == "any" or not suffices(could)):
        return "rejected"
    return "approved" if suffices(approving) else "open"


@settings(max_examples=1500, deadline=None)
@given(policies(), ballots, seatings, st.frozensets(st.sampled_from(PEOPLE), max_size=2))
def test_judge__any_history__agrees_with_the_oracle(
    policy: Policy, votes: list[Ballot], seats: dict[int, str], barred: frozenset[int]
) -> None:
    found = judge(policy, votes, seats, barred=barred)
    assert found.outcome == oracle(policy, votes, seats, barred)
    assert (found.outcome == "approved") <= (found.missing == ())
    assert sum(found.approvals.values()) <= len({vote.voter for vote in votes})


@pytest.mark.parametrize(
    ("quorum", "required"), [(0, {}), (-1, {}), (1, {"sales": 2}), (2, {"sales": 0}), (1, {"sales": 1, "finance": 1})]
)
def test_policy__that_would_approve_by_itself__is_refused(quorum: int, required: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Policy(quorum, required)


def test_judge__missing__is_said_in_words() -> None:
    policy = Policy(3, {"sales": 1, "marketing": 1})
    found = judge(policy, [Ballot(1, "marketing", "approve")], {1: "marketing", 2: "sales", 3: "sales"})
    assert found.missing == ("1 approval from sales", "1 more approval from any seat")


def test_judge__abstention__counts_towards_nothing() -> None:
    found = judge(Policy(1, {}), [Ballot(1, "sales", "abstain")], {1: "sales"})
    assert found.outcome == "open"
    assert not found.is_reachable


lent_ballots = st.lists(
    st.builds(
        Ballot,
        voter=st.sampled_from(PEOPLE),
        function=st.sampled_from([*FUNCTIONS, NAMED]),
        verdict=st.sampled_from(["approve", "approve", "reject", "abstain"]),
        holder=st.none() | st.sampled_from(PEOPLE),
    ),
    max_size=9,
)


@settings(max_examples=800, deadline=None)
@given(
    policies(),
    lent_ballots,
    seatings,
    st.frozensets(st.sampled_from(PEOPLE), max_size=2),
    st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True),
    st.integers(0, 2),
    st.integers(0, 2),
)
def test_judge__lent_seats_named_people_and_outsiders__are_counted_as_written(
    policy: Policy,
    votes: list[Ballot],
    seats: dict[int, str],
    barred: frozenset[int],
    people: list[int],
    outsiders: int,
    assents: int,
) -> None:
    asked = Policy(policy.quorum, policy.required, "any", tuple(people), outsiders)
    found = judge(asked, votes, seats, barred=barred, assents=assents)
    # Person by person and seat by seat: the first valid paper of each stands.
    papers: list[Ballot] = []
    for vote in votes:
        holder = vote.voter if vote.holder is None else vote.holder
        if vote.voter in barred or any(vote.voter == earlier.voter for earlier in papers):
            continue
        if vote.function == NAMED:
            if vote.voter in people:
                papers.append(vote)
            continue
        taken = [(e.voter if e.holder is None else e.holder) for e in papers if e.function != NAMED]
        if seats.get(holder) == vote.function and holder not in barred and holder not in taken:
            papers.append(vote)
    approving = [paper for paper in papers if paper.verdict == "approve"]
    seated = Counter(paper.function for paper in approving if paper.function != NAMED)
    suffices = (
        seated.total() >= asked.quorum
        and all(seated[name] >= number for name, number in asked.required.items())
        and {paper.voter for paper in approving} >= set(people)
        and assents >= outsiders
    )
    rejected = any(paper.verdict == "reject" for paper in papers)
    assert found.outcome == ("rejected" if rejected else "approved" if suffices else "open")
    assert suffices <= found.is_reachable
    assert suffices == (found.missing == ())
