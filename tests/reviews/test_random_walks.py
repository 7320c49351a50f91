"""Long random histories of deeds by everybody; after each step the promises of consent must hold."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import now
from common.errors import DomainError
from ledger.models import Entry
from reviews.choices import State, Verdict
from reviews.models import ChangeRequest, Revision, Seat, Vote
from reviews.services.applying import apply_due, apply_request, stale_competitors
from reviews.services.boards import define_board, seat_member, unseat_member
from reviews.services.requests import (
    edit_request,
    rebase_request,
    schedule_request,
    submit_request,
    withdraw_request,
)
from reviews.services.voting import cast_vote
from taxonomy.models import Enactment, SegmentVersion
from tests.reviews.conftest import proposed_change, proposed_creation

STEPS = 90
DECISIONS = {
    "approved": "reviews.request.approved",
    "rejected": "reviews.request.rejected",
    "applied": "reviews.request.applied",
    "withdrawn": "reviews.request.withdrawn",
}


class Walk:
    """One history: everybody may try everything, with what they saw or with what they made up."""

    def __init__(self, cast: SimpleNamespace, seed: int) -> None:
        self.cast = cast
        self.dice = random.Random(seed)
        self.people = [
            cast.owner, cast.steward, cast.administrator, cast.marketing_member, cast.sales_member, cast.finance_member
        ]  # fmt: skip
        self.taken: Counter[str] = Counter()

    def step(self) -> None:
        """Somebody tries something; a refusal is an answer like any other."""
        deeds: list[Callable[[], Any]] = [
            self.propose, self.edit, self.submit, self.submit, self.vote, self.vote, self.vote, self.vote,
            self.withdraw, self.schedule, self.rebase, self.apply, self.reseat, self.repolicy, self.sweep,
        ]  # fmt: skip
        deed = self.dice.choice(deeds)
        try:
            deed()
            self.taken[deed.__name__] += 1
        except DomainError:
            self.taken["refused"] += 1

    def who(self) -> Any:
        return self.dice.choice(self.people)

    def which(self) -> ChangeRequest:
        return self.dice.choice(list(ChangeRequest.objects.all()))

    def rule(self) -> str:
        return f"spend >= {self.dice.randrange(1, 50)}"

    def propose(self) -> None:
        if not SegmentVersion.objects.filter(state="active").exists():
            proposed_creation(self.who(), rule=self.rule())
        else:
            proposed_change(self.who(), rule=self.rule())

    def edit(self) -> None:
        edit_request(actor=self.who(), request_id=self.which().pk, changes={"proposed": {"rule": self.rule()}})

    def submit(self) -> None:
        submit_request(actor=self.who(), request_id=self.which().pk)

    def vote(self) -> None:
        request = self.which()
        digest = request.digest if self.dice.random() < 0.9 else "0" * 64
        verdict = self.dice.choice([*[Verdict.APPROVE] * 6, *Verdict])
        cast_vote(actor=self.who(), request_id=request.pk, verdict=verdict, reason="Because.", digest=digest)

    def withdraw(self) -> None:
        if self.dice.random() < 0.3:
            withdraw_request(actor=self.who(), request_id=self.which().pk)

    def schedule(self) -> None:
        when = self.dice.choice([None, now() + timedelta(days=1)])
        schedule_request(actor=self.who(), request_id=self.which().pk, effective_at=when)

    def rebase(self) -> None:
        rebase_request(actor=self.who(), request_id=self.which().pk, choices={"rule": "proposed"})

    def apply(self) -> None:
        apply_request(actor=self.who(), request_id=self.which().pk)

    def reseat(self) -> None:
        person, board = self.who().username, "grocery"
        function = self.dice.choice(["marketing", "sales", "finance"])
        if self.dice.random() < 0.7:
            seat_member(actor=self.cast.administrator, board_key=board, username=person, function=function)
        else:
            unseat_member(actor=self.cast.administrator, board_key=board, username=person)

    def repolicy(self) -> None:
        if self.dice.random() < 0.2:
            policy = {"quorum": self.dice.choice([1, 2]), "required": self.dice.choice([{}, {"sales": 1}])}
            define_board(actor=self.cast.administrator, key="grocery", name="Grocery board", policy=policy)

    def sweep(self) -> None:
        stale_competitors(subject_type="segment", subject_key="big-baskets")
        apply_due()


def check_promises() -> None:
    """I1 to I6 and I9, over everything that is stored."""
    for vote in Vote.objects.select_related("request", "revision"):
        editors = set(Revision.objects.filter(request=vote.request).values_list("editor_id", flat=True))
        assert vote.voter_id != vote.request.author_id
        assert vote.voter_id not in editors or vote.revision.number < vote.request.revision
        assert Seat.objects.filter(board=vote.request.board, user=vote.voter, function=vote.function).exists()
    applied = ChangeRequest.objects.filter(state=State.APPLIED)
    assert Enactment.objects.count() == SegmentVersion.objects.count() == applied.count()
    assert SegmentVersion.objects.filter(state="active").count() <= 1
    for request in applied:
        votes = Vote.objects.filter(request=request, voided_at=None, verdict=Verdict.APPROVE, digest=request.digest)
        assert votes.values("voter").distinct().count() >= 1
        version = SegmentVersion.objects.get(number=request.applied_version)
        assert version.rule_text == request.proposed["rule"]
    for request in ChangeRequest.objects.all():
        told = Counter(
            Entry.objects.filter(object_type="request", object_key=str(request.pk)).values_list("event", flat=True)
        )
        for state, event in DECISIONS.items():
            if state != "approved":
                assert told[event] == int(request.state == state), (request.pk, request.state, told)
        assert told["reviews.vote.cast"] == Vote.objects.filter(request=request).count()


@pytest.mark.parametrize("seed", range(6))
def test_random_walk__everybody_tries_everything__promises_hold(
    cast: SimpleNamespace, catalogue: None, board: Any, seed: int
) -> None:
    walk = Walk(cast, seed)
    proposed_creation(cast.owner)
    for _ in range(STEPS):
        walk.step()
    check_promises()
    assert walk.taken["vote"] and walk.taken["refused"], walk.taken
