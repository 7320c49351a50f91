"""A small grocer whose segments are governed by one board of two people."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail

from common.actors import SYSTEM
from customers.services.attributes import define_attribute
from reviews.models import ChangeRequest
from reviews.services.boards import define_board
from reviews.services.invitations import invite_outsider
from reviews.services.requests import create_request, submit_request
from reviews.services.voting import cast_vote

ATTRIBUTES = {
    "spend": {"label": "Yearly spend", "type": "number", "dimension": "value", "unit": "USD"},
    "region": {
        "label": "Region",
        "type": "enum",
        "dimension": "demographic",
        "choices": ["north", "south", "west"],
    },
    "coupons": {"label": "Coupons redeemed", "type": "number", "dimension": "behavioral"},
}


def segment_content(**changes: Any) -> dict[str, Any]:
    """What a segment may mean."""
    return {
        "tier": "market",
        "parent": None,
        "name": "Big baskets",
        "meaning": "Households that buy a lot with us in a year.",
        "rule": "spend >= 1000",
        "objective": None,
        "axioms": {"exclusive": False, "covering": False},
        "thresholds": [],
        "owners": {"data": "owner", "definition": "owner", "outcome": "owner"},
        **changes,
    }


@pytest.fixture
def catalogue(cast: SimpleNamespace) -> None:
    """Three attributes that rules can read."""
    for key, content in ATTRIBUTES.items():
        define_attribute(actor=SYSTEM, key=key, content=content)


@pytest.fixture
def board(cast: SimpleNamespace) -> Any:
    """The board of everything: one approval each of marketing and sales."""
    return define_board(
        actor=cast.administrator,
        key="grocery",
        name="Grocery board",
        policy={"quorum": 2, "required": {"marketing": 1, "sales": 1}},
        seats={
            "marketing": [cast.marketing_member.username],
            "sales": [cast.sales_member.username],
        },
    )


def proposed_creation(actor: Any, key: str = "big-baskets", **changes: Any) -> ChangeRequest:
    """A draft for a new segment."""
    return create_request(
        actor=actor,
        kind="create",
        subject_type="segment",
        subject_key=key,
        proposed=segment_content(**changes),
        rationale="They buy half of what we sell and we do not speak to them.",
        expected="Two more baskets a month.",
    )


def invited(actor: Any, request: ChangeRequest, email: str = "pat@example.org", **given: Any) -> tuple[Any, str]:
    """Somebody from outside who was asked, and the token of the link in their mail."""
    made = invite_outsider(actor=actor, request_id=request.pk, **{"name": "Pat", **given}, email=email)
    return made, token_mailed()


def token_mailed() -> str:
    """The token of the link in the last mail."""
    return str(mail.outbox[-1].body).split("/outside/")[1].split("/")[0]


def submitted(actor: Any, request: ChangeRequest) -> ChangeRequest:
    """The same request, in review."""
    return submit_request(actor=actor, request_id=request.pk)


def vote(actor: Any, request: ChangeRequest, verdict: str = "approve", reason: str = "") -> Any:
    """A vote on the request as it stands."""
    seen = ChangeRequest.objects.get(pk=request.pk).digest
    return cast_vote(actor=actor, request_id=request.pk, verdict=verdict, reason=reason, digest=seen)


@pytest.fixture
def draft(cast: SimpleNamespace, catalogue: None, board: Any) -> ChangeRequest:
    """A draft for a new segment, written by the owner."""
    return proposed_creation(cast.owner)


@pytest.fixture
def in_review(cast: SimpleNamespace, draft: ChangeRequest) -> ChangeRequest:
    """The draft before the board."""
    return submitted(cast.owner, draft)


@pytest.fixture
def live_segment(cast: SimpleNamespace, in_review: ChangeRequest) -> str:
    """A segment in force, approved by marketing and sales."""
    vote(cast.marketing_member, in_review)
    vote(cast.sales_member, in_review)
    return in_review.subject_key


def proposed_change(actor: Any, key: str = "big-baskets", **changes: Any) -> ChangeRequest:
    """A draft that changes some fields of a live segment."""
    return create_request(
        actor=actor,
        kind="change",
        subject_type="segment",
        subject_key=key,
        proposed=changes or {"rule": "spend >= 2000"},
        rationale="The old line lets in everybody.",
        expected="Half the size, twice the value.",
    )
