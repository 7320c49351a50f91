"""The stage of a clever insider, and what they hold where they stand on it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.test import Client

from accounts.services import create_token, grant_role
from common.actors import SYSTEM
from common.clock import now
from meetings.models import Item
from meetings.services.holding import open_meeting, take_place
from meetings.services.planning import plan_meeting
from reviews.models import ChangeRequest
from reviews.services.boards import define_board
from reviews.services.delegating import lend_seat
from reviews.services.emergencies import arm_emergency
from reviews.services.requests import create_request, schedule_request, submit_request
from reviews.services.voting import cast_vote
from tests.reviews.conftest import invited

WHY = "The rule lets in people who asked us to leave them alone."


@dataclass
class Stance:
    """What the insider holds while they walk; `open` names the ways that must lead somewhere, by their right.

    `enter` signs them in, `later` after that time has passed. From a wide stance every way is tried.
    """

    request: ChangeRequest
    enter: Callable[[], Client]
    open: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    ids: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    later: timedelta = timedelta(0)
    is_wide: bool = False

    def __post_init__(self) -> None:
        self.request.refresh_from_db()
        self.digest = self.digest or self.request.digest
        self.ids = {"request_id": self.request.pk, **self.ids}


class Stage:
    """The grocer with an insider who is superuser, has every role, and sits in the board for sales."""

    def __init__(self, people: SimpleNamespace, client_of: Callable[[Any], Client]) -> None:
        self.people, self.client_of = people, client_of
        self.insider = people.sales_member
        self.insider.is_superuser = self.insider.is_staff = True
        self.insider.save()
        for role in ("administrator", "steward", "owner"):
            grant_role(actor=SYSTEM, user_id=self.insider.pk, role=role)
        self.ask()

    def ask(self, **more: Any) -> None:
        """The board asks for one approval each of marketing and sales, and whatever else is given."""
        asked = {"quorum": 2, "required": {"marketing": 1, "sales": 1}, "expires_days": 30, **more}
        define_board(actor=self.people.administrator, key="board", name="Segmentation board", policy=asked)

    def draft(self, author: Any = None, key: str = "anchors", **proposed: Any) -> ChangeRequest:
        return create_request(
            actor=author or self.people.owner,
            kind="change",
            subject_type="segment",
            subject_key=key,
            proposed=proposed or {"rule": "orders_90d >= 9"},
            rationale="It is time.",
            expected="More calls.",
        )

    def asked(self, *voters: Any, author: Any = None, at: datetime | None = None, **proposed: Any) -> ChangeRequest:
        """A request before the board, with these approvals, to take effect at `at`."""
        made = self.draft(author, **proposed)
        if at is not None:
            schedule_request(actor=made.author, request_id=made.pk, effective_at=at)
        made = submit_request(actor=made.author, request_id=made.pk)
        for voter in voters:
            self.vote(voter, made)
        made.refresh_from_db()
        return made

    def vote(self, voter: Any, request: ChangeRequest) -> None:
        digest = ChangeRequest.objects.get(pk=request.pk).digest
        cast_vote(actor=voter, request_id=request.pk, verdict="approve", digest=digest)

    def short(self, **more: Any) -> ChangeRequest:
        """A request that lacks the insider's approval alone."""
        return self.asked(self.people.marketing_member, **more)

    def scheduled(self, *voters: Any) -> ChangeRequest:
        """A request with these approvals that shall take effect in three days."""
        return self.asked(*voters, at=now() + timedelta(days=3))

    def stands(self, request: ChangeRequest, who: Any = None, **more: Any) -> Stance:
        """The insider, or somebody else, signed in before the request."""
        return Stance(request, lambda: self.client_of(who or self.insider), **more)

    def room(self, request: ChangeRequest) -> dict[str, int]:
        """The numbers of an open meeting of the whole board and of its item about the request."""
        member = self.people.marketing_member
        meeting = plan_meeting(actor=member, board_key="board", title="March", starts_at=now() + timedelta(days=1))
        open_meeting(actor=member, meeting_id=meeting.pk)
        for person in (member, self.insider):
            take_place(actor=person, meeting_id=meeting.pk, presence="present")
        return {"meeting_id": meeting.pk, "item_id": Item.objects.get(meeting=meeting, request=request).pk}

    def lent(self, lender: Any, holder: str | None = None) -> int:
        """A seat lent to the rep, by its holder or by an administrator; the number of the loan."""
        ends = now() + timedelta(days=1)
        made = lend_seat(actor=lender, board_key="board", delegate="rep", holder=holder, ends_at=ends, reason="Away.")
        return int(made.pk)

    def program(self, *scopes: str) -> Callable[[], Client]:
        """A program with a token of the insider's."""
        _, plain = create_token(actor=self.insider, user_id=self.insider.pk, name="program", scopes=scopes)
        return lambda: Client(headers={"Authorization": f"Bearer {plain}"})

    def link(self, request: ChangeRequest) -> str:
        """The link of somebody from outside."""
        member = self.people.finance_member
        return invited(member, request)[1]

    def armed(self, person: Any) -> ChangeRequest:
        """A request before the board for which that person has armed the glass."""
        request = self.asked()
        arm_emergency(actor=person, request_id=request.pk, reason=WHY, digest=request.digest)
        return request
