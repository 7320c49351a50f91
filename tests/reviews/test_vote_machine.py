"""A state machine over people, roles, tokens, delegations, declarations, suggestions, edits and policies: whatever
everybody tries in whatever order, the promises of consent hold after each step, and an oracle counts the votes too.

VOTE_STEPS=10000 runs that many steps.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.services import create_token
from common.clock import now
from common.errors import DomainError
from reviews.choices import DECIDED, State, SuggestionState, Verdict
from reviews.models import ChangeRequest, Declaration, Delegation, Invitation, Revision, Seat, Suggestion, Vote
from reviews.selectors.standing import judged
from reviews.services.answering import answer_invitation
from reviews.services.applying import apply_due, apply_request, stale_competitors
from reviews.services.boards import define_board, seat_member, unseat_member
from reviews.services.delegating import lend_seat, take_back_seat
from reviews.services.invitations import invite_again
from reviews.services.requests import edit_request, rebase_request, schedule_request, submit_request, withdraw_request
from reviews.services.standing_aside import stand_aside, withdraw_declaration
from reviews.services.suggesting import suggest_wording, take_suggestion
from reviews.services.voting import cast_vote
from reviews.states import PAIRS
from taxonomy.models import SegmentVersion
from tests.reviews.conftest import invited, proposed_change, proposed_creation, token_mailed

STEPS = int(os.environ.get("VOTE_STEPS", "240"))
LENGTH = 60 if STEPS < 1000 else 100
KEY = "big-baskets"
POLICIES: list[dict[str, Any]] = [
    {"quorum": 1},
    {"quorum": 2},
    {"quorum": 2, "required": {"sales": 1, "marketing": 1}},
    {"quorum": 1, "people": ["segment_owner"]},
    {"quorum": 1, "outsiders": 1},
    {
        "quorum": 2,
        "conditions": [{"name": "Words", "when": {"metadata_only": True}, "then": {"light": True, "quorum": 1}}],
    },
    {
        "quorum": 1,
        "conditions": [{"name": "Many", "when": {"members_moved_over": 0}, "then": {"required": {"sales": 1}}}],
    },
    {"quorum": 2, "reject_on": "impossible"},
]
places = st.integers(0, 6)
picks = st.integers(0, 50)
numbers = st.integers(1, 40)


def hands_of(request: ChangeRequest) -> set[int]:
    """Whoever shaped the request, read from the rows one by one."""
    found = {request.author_id}
    for revision in Revision.objects.filter(request=request):
        found |= {person for person in (revision.editor_id, revision.suggested_by_id) if person}
    found |= {row.author_id for row in Suggestion.objects.filter(request=request) if row.state == SuggestionState.TAKEN}
    return found


def aside_of(request: ChangeRequest) -> set[int]:
    return {row.person_id for row in Declaration.objects.filter(request=request) if row.withdrawn_at is None}


def oracle(request: ChangeRequest) -> bool:
    """Whether the votes suffice, by the rule as it is written down, person by person."""
    asked = request.requirement or request.board.policy
    barred = hands_of(request) | aside_of(request)
    seats = {
        seat.user_id: seat.function
        for seat in Seat.objects.filter(board=request.board).select_related("user")
        if seat.until is None and seat.user.is_active
    }
    given: dict[int, str] = {}
    agreed: set[str] = set()
    for row in Vote.objects.filter(request=request).select_related("voter", "seat", "delegation", "revision"):
        lapsed = row.delegation is not None and row.delegation.revoked_at is not None
        if row.revision.number != request.revision or row.voided_at or row.digest != request.digest or lapsed:
            continue
        if row.verdict != Verdict.APPROVE or row.voter_id in barred or not row.voter.is_active:
            continue
        if row.function == "named":
            agreed.add(row.voter.username)
            continue
        holder = row.seat.user_id if row.seat else row.voter_id
        if seats.get(holder) == row.function and holder not in barred:
            given[holder] = row.function
            agreed.add(row.voter.username)
    by_function = Counter(given.values())
    came = {
        row.email.lower().replace("+more", "")
        for row in Invitation.objects.filter(request=request, verdict="approve")
        if row.digest == request.digest and not row.voided_at and not row.revoked_at
    }
    return (
        len(given) >= asked["quorum"]
        and all(by_function[name] >= number for name, number in asked["required"].items())
        and all(item["username"] in agreed for item in asked.get("people", []) if "because" in asked)
        and len(came) >= asked.get("outsiders", 0)
    )


class VoteMachine(RuleBasedStateMachine):
    """One history of a board and its requests, thrown away at its end."""

    cast: SimpleNamespace
    taken: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.start = transaction.savepoint()
        cast = self.cast
        self.people = [
            cast.owner, cast.steward, cast.administrator, cast.marketing_member, cast.sales_member,
            cast.finance_member, cast.rep,
        ]  # fmt: skip
        for person in self.people:
            person.is_active = True
        self.decided: dict[int, tuple[Any, ...]] = {}
        self.states: dict[int, str] = {}
        self.links: list[tuple[int, str]] = []
        first = submit_request(actor=cast.owner, request_id=proposed_creation(cast.owner).pk)
        # Each history has one vote at least, whatever is drawn after it.
        member, digest = cast.marketing_member, first.digest
        self.attempt("vote", lambda: cast_vote(actor=member, request_id=first.pk, verdict="approve", digest=digest))

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.start)

    def attempt(self, name: str, deed: Callable[[], Any]) -> Any:
        """Try it; a refusal is an answer like any other, anything else is a fault."""
        try:
            done = deed()
        except DomainError:
            self.taken["refused"] += 1
            return None
        self.taken[name] += 1
        return done

    def which(self, pick: int) -> ChangeRequest:
        rows = list(ChangeRequest.objects.order_by("-pk"))
        return rows[pick % min(3, len(rows))]

    @rule(who=places, number=numbers)
    def propose(self, who: int, number: int) -> None:
        person = self.people[who]
        live = SegmentVersion.objects.filter(state="active").exists()
        made = self.attempt(
            "propose",
            lambda: (
                proposed_change(person, rule=f"spend >= {number}")
                if live
                else proposed_creation(person, rule=f"spend >= {number}")
            ),
        )
        if made is not None:
            self.attempt("submit", lambda: submit_request(actor=person, request_id=made.pk))

    @rule(who=places, pick=picks, number=numbers, words=st.booleans())
    def edit(self, who: int, pick: int, number: int, words: bool) -> None:
        change = {"expected": f"About {number}."} if words else {"proposed": {"rule": f"spend >= {number}"}}
        request = self.which(pick)
        self.attempt("edit", lambda: edit_request(actor=self.people[who], request_id=request.pk, changes=change))

    @rule(who=places, pick=picks)
    def submit(self, who: int, pick: int) -> None:
        request = self.which(pick)
        self.attempt("submit", lambda: submit_request(actor=self.people[who], request_id=request.pk))

    @rule(who=places, pick=picks, verdict=st.sampled_from([*["approve"] * 7, *Verdict.values]), old=st.booleans())
    def vote(self, who: int, pick: int, verdict: str, old: bool) -> None:
        request = self.which(pick)
        digest = "0" * 64 if old and pick % 5 == 0 else request.digest
        given = {"verdict": verdict, "reason": "Because.", "digest": digest}
        self.attempt("vote", lambda: cast_vote(actor=self.people[who], request_id=request.pk, **given))

    @rule(who=places, pick=picks)
    def vote_by_token(self, who: int, pick: int) -> None:
        request, person = self.which(pick), self.people[who]
        if not person.is_active:
            return
        _, plain = create_token(actor=person, user_id=person.pk, name="machine", scopes=("read", "write"))
        client = Client(headers={"Authorization": f"Bearer {plain}"}, raise_request_exception=True)
        body = {"verdict": "approve", "digest": request.digest}
        address = f"/api/v1/change-requests/{request.pk}/votes/"
        answer = client.post(address, body, content_type="application/json")
        assert answer.status_code in (201, 403, 404, 409), answer.content
        self.taken["token vote" if answer.status_code == 201 else "refused"] += 1

    @rule(who=places, pick=picks)
    def vote_by_sql(self, who: int, pick: int) -> None:
        """Somebody who reaches the table writes an approval; the database takes it only from who could vote."""
        request, person = self.which(pick), self.people[who]
        seat = Seat.objects.filter(board=request.board, until=None).order_by("pk").first()
        revision = Revision.objects.get(request=request, number=request.revision)
        try:
            with transaction.atomic():
                Vote.objects.create(
                    request=request, revision=revision, voter=person, function=seat.function if seat else "sales",
                    seat=seat, verdict="approve", digest=request.digest, cast_at=now(),
                )  # fmt: skip
        except IntegrityError:
            self.taken["refused by the database"] += 1
        else:
            assert seat is not None and seat.user_id == person.pk and person.pk not in hands_of(request)

    @rule(who=places, to=places, pick=picks)
    def lend(self, who: int, to: int, pick: int) -> None:
        ends = now() + timedelta(days=1 + pick)
        given = {"board_key": "grocery", "delegate": self.people[to].username, "ends_at": ends, "reason": "Away."}
        holder = self.people[pick % 7].username if pick % 2 else None
        self.attempt("lend", lambda: lend_seat(actor=self.people[who], holder=holder, **given))

    @rule(who=places)
    def take_back(self, who: int) -> None:
        act = Delegation.objects.filter(revoked_at=None).first()
        if act is not None:
            self.attempt("take back", lambda: take_back_seat(actor=self.people[who], delegation_id=act.pk))

    @rule(who=places, about=places, pick=picks)
    def aside(self, who: int, about: int, pick: int) -> None:
        given = {"request_id": self.which(pick).pk, "kind": "conflict", "reason": "Kin.", "person": None}
        if pick % 3 == 0:
            given["person"] = self.people[about].username
        self.attempt("aside", lambda: stand_aside(actor=self.people[who], **given))

    @rule(who=places)
    def aside_no_more(self, who: int) -> None:
        row = Declaration.objects.filter(withdrawn_at=None).first()
        if row is not None:
            self.attempt("aside no more", lambda: withdraw_declaration(actor=self.people[who], declaration_id=row.pk))

    @rule(who=places, pick=picks, number=numbers)
    def suggest(self, who: int, pick: int, number: int) -> None:
        given = {"request_id": self.which(pick).pk, "field": "expected", "proposed": f"Perhaps {number}."}
        self.attempt("suggest", lambda: suggest_wording(actor=self.people[who], **given))

    @rule(who=places)
    def take(self, who: int) -> None:
        row = Suggestion.objects.filter(state=SuggestionState.OPEN).first()
        if row is not None:
            given = {"request_id": row.request_id, "suggestion_id": row.pk}
            self.attempt("take", lambda: take_suggestion(actor=self.people[who], **given))

    @rule(who=places, pick=picks)
    def invite(self, who: int, pick: int) -> None:
        request = self.which(pick)
        earlier = Invitation.objects.filter(request=request).last()
        again = pick % 3 == 0 and earlier is not None
        email = ("pat@example.org", "Pat+more@example.org", "kim@example.org")[pick % 3]
        made = self.attempt(
            "invite",
            lambda: (
                (invite_again(actor=self.people[who], invitation_id=earlier.pk), token_mailed())
                if again
                else invited(self.people[who], request, email)
            ),
        )
        if made is not None:
            self.links.append((request.pk, made[1]))

    @rule(pick=picks)
    def answer(self, pick: int) -> None:
        if self.links:
            number, token = self.links[pick % len(self.links)]
            digest = ChangeRequest.objects.get(pk=number).digest
            self.attempt("answer", lambda: answer_invitation(token=token, verdict="approve", digest=digest))

    @rule(who=places, function=st.sampled_from(["marketing", "sales", "finance"]), away=st.booleans())
    def reseat(self, who: int, function: str, away: bool) -> None:
        given = {"actor": self.cast.administrator, "board_key": "grocery", "username": self.people[who].username}
        deed = (lambda: unseat_member(**given)) if away else (lambda: seat_member(function=function, **given))
        self.attempt("reseat", deed)

    @rule(policy=st.sampled_from(POLICIES))
    def repolicy(self, policy: dict[str, Any]) -> None:
        given = {"actor": self.cast.administrator, "key": "grocery", "name": "Grocery board", "policy": policy}
        self.attempt("repolicy", lambda: define_board(**given))

    @rule(who=st.integers(3, 6), active=st.booleans())
    def leave_or_return(self, who: int, active: bool) -> None:
        self.people[who].is_active = active
        self.people[who].save(update_fields=["is_active"])

    @rule(who=places, pick=picks, deed=st.sampled_from(["withdraw", "rebase", "apply", "today", "tomorrow", "sweep"]))
    def anything_else(self, who: int, pick: int, deed: str) -> None:
        request, actor = self.which(pick), self.people[who]
        given = {"actor": actor, "request_id": request.pk}
        tomorrow = now() + timedelta(days=1)
        deeds: dict[str, Callable[[], Any]] = {
            "withdraw": lambda: withdraw_request(**given) if pick % 4 == 0 else None,
            "rebase": lambda: rebase_request(choices={"rule": "proposed"}, **given),
            "apply": lambda: apply_request(**given),
            "today": lambda: schedule_request(effective_at=None, **given),
            "tomorrow": lambda: schedule_request(effective_at=tomorrow, **given) if pick % 3 == 0 else None,
            "sweep": lambda: (stale_competitors(subject_type="segment", subject_key=KEY), apply_due()),
        }
        self.attempt(deed, deeds[deed])

    @invariant()
    def nobody_decides_about_their_own(self) -> None:
        """I1 and I2: no vote that stands is of, or for, whoever shaped the request; each is bound to what is asked."""
        for request in ChangeRequest.objects.all():
            hands = hands_of(request)
            standing = list(
                Vote.objects.filter(request=request, revision__number=request.revision, voided_at=None).select_related(
                    "seat", "delegation"
                )
            )
            for row in standing:
                assert row.voter_id not in hands and (row.seat is None or row.seat.user_id not in hands)
                assert row.digest == request.digest
                assert row.delegation is None or row.delegation.delegate_id == row.voter_id
                assert row.delegation is not None or row.seat is None or row.seat.user_id == row.voter_id
            assert len({row.voter_id for row in standing}) == len(standing)
            seats = [row.seat_id for row in standing if row.seat_id]
            assert len(set(seats)) == len(seats)

    @invariant()
    def votes_are_counted_as_written(self) -> None:
        """I3: the judge, the database and the oracle agree about every request that is open to votes."""
        for request in ChangeRequest.objects.filter(state=State.IN_REVIEW).select_related("board"):
            suffices = oracle(request)
            with connection.cursor() as cursor:
                numbers = [request.pk, request.revision, request.digest]
                cursor.execute("SELECT reviews_votes_suffice(%s, %s, %s)", numbers)
                assert cursor.fetchone()[0] is suffices
            outcome = judged(request).outcome
            assert outcome != "approved" or suffices
            assert not suffices or outcome in ("approved", "rejected", "returned")

    @invariant()
    def decided_stays_decided(self) -> None:
        """I4 and I5: what is decided never changes, and states move along the graph."""
        for row in ChangeRequest.objects.values():
            before = self.states.get(row["id"], State.DRAFT)
            steps = {there for here, there in PAIRS if here == before} | {before}
            steps |= {there for here, there in PAIRS if here in steps} | {State.IN_REVIEW}
            assert row["state"] in steps, (before, row["state"])
            self.states[row["id"]] = row["state"]
            if row["state"] in DECIDED:
                votes = tuple(map(str, Vote.objects.filter(request_id=row["id"]).order_by("pk").values_list()))
                assert self.decided.setdefault(row["id"], (str(row), votes)) == (str(row), votes)

    @invariant()
    def live_is_what_was_applied_last(self) -> None:
        """I6: one version is live, that of the request applied last."""
        active = list(SegmentVersion.objects.filter(segment__key=KEY, state="active"))
        applied = ChangeRequest.objects.filter(state=State.APPLIED).order_by("-applied_version").first()
        assert len(active) == (0 if applied is None else 1)
        if applied is not None:
            assert (active[0].number, active[0].rule_text) == (applied.applied_version, applied.proposed["rule"])


def test_machine__everybody_tries_everything__promises_hold(cast: SimpleNamespace, catalogue: None, board: Any) -> None:
    VoteMachine.cast, VoteMachine.taken = cast, Counter()
    run_state_machine_as_test(
        VoteMachine,
        settings=settings(
            max_examples=max(1, STEPS // LENGTH),
            stateful_step_count=LENGTH,
            deadline=None,
            derandomize=STEPS < 1000,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    taken = VoteMachine.taken
    assert taken["vote"] and taken["refused"], taken
