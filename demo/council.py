"""The council of the demonstration company: it decides about boards; and what the boards ask of larger changes."""

from typing import Any, Final

from django.db import transaction

from accounts.selectors import user_by_username
from reviews.models import Board
from reviews.selectors import board_for, boards_for
from reviews.services.boards import define_board
from reviews.services.requests import create_request, submit_request
from reviews.services.voting import cast_vote

COUNCIL: Final = "council"
_CONDITIONS: Final[dict[str, list[dict[str, Any]]]] = {
    "segmentation": [
        {"name": "Much revenue moves", "when": {"revenue_moved_over": 100_000}, "then": {"required": {"finance": 1}}},
        {
            "name": "A quarter of the members moves",
            "when": {"share_moved_over": 0.25},
            "then": {"people": ["parent_owner"]},
        },
    ],
    "privacy-and-data": [
        {"name": "Words only", "when": {"metadata_only": True}, "then": {"light": True, "required": {"privacy": 1}}},
        {
            "name": "Proved to change nothing",
            "when": {"relation": ["no_effect"]},
            "then": {"light": True, "required": {"privacy": 1}},
        },
        {"name": "Sensitive attributes", "when": {"sensitive": True}, "then": {"quorum": 3}},
    ],
}

_ATTRIBUTES: Final[dict[str, Any]] = {
    "name": "An attribute means something else",
    "when": {"subject_types": ["attribute"]},
    "then": {"required": {"privacy": 1}},
}


def load_council(administrator: Any) -> int:
    """Afterwards the council decides about boards, and both boards ask more of larger changes; how many boards changed.

    All of it or nothing: a load that is broken off here begins here again.
    """
    if boards_for(viewer=administrator).filter(key=COUNCIL).exists():
        return 0
    with transaction.atomic():
        for key, conditions in _CONDITIONS.items():
            _with_conditions(administrator, board_for(viewer=administrator, key=key), conditions)
        define_board(
            actor=administrator,
            key=COUNCIL,
            name="Council",
            description="Decides what each board decides about, what it asks for, who sits in it; and on attributes.",
            policy={"quorum": 2, "required": {"finance": 1}, "conditions": [_ATTRIBUTES]},
            subject_types=["attribute", "board"],
            seats={"marketing": ["grace"], "sales": ["omar"], "finance": ["samuel"], "privacy": ["lena"]},
        )
        _first_decision()
    return len(_CONDITIONS) + 1


def _with_conditions(administrator: Any, board: Board, conditions: list[dict[str, Any]]) -> None:
    define_board(
        actor=administrator,
        key=board.key,
        name=board.name,
        description=board.description,
        branches=board.branches,
        subject_types=board.subject_types,
        policy={**board.policy, "conditions": conditions},
    )


def _first_decision() -> None:
    """What the council decided first: where overdue requests of the segmentation board go."""
    request = create_request(
        actor=user_by_username("ruth"),
        kind="change",
        subject_type="board",
        subject_key="segmentation",
        proposed={"escalates_to": COUNCIL},
        rationale="When a request lies longer than it should, somebody besides the board should hear of it.",
        expected="No request waits for a month unseen.",
        title="Overdue requests go up to the council",
    )
    request = submit_request(actor=user_by_username("ruth"), request_id=request.pk)
    for username, reason in (("samuel", "Agreed. Costs nothing."), ("lena", "")):
        voter = user_by_username(username)
        cast_vote(actor=voter, request_id=request.pk, verdict="approve", reason=reason, digest=request.digest)
