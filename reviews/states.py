"""The moves that a change request may make; a trigger of the database knows the same table."""

from reviews.choices import State
from reviews.errors import IllegalMove

MOVES: dict[tuple[str, str], str] = {
    (State.DRAFT, "edit"): State.DRAFT,
    (State.DRAFT, "submit"): State.IN_REVIEW,
    (State.DRAFT, "rebase"): State.DRAFT,
    (State.DRAFT, "withdraw"): State.WITHDRAWN,
    (State.IN_REVIEW, "edit"): State.IN_REVIEW,
    (State.IN_REVIEW, "vote"): State.IN_REVIEW,
    (State.IN_REVIEW, "approve"): State.APPROVED,
    (State.IN_REVIEW, "reject"): State.REJECTED,
    (State.IN_REVIEW, "return"): State.CHANGES_REQUESTED,
    (State.IN_REVIEW, "withdraw"): State.WITHDRAWN,
    (State.IN_REVIEW, "stale"): State.STALE,
    (State.IN_REVIEW, "expire"): State.EXPIRED,
    (State.CHANGES_REQUESTED, "edit"): State.CHANGES_REQUESTED,
    (State.CHANGES_REQUESTED, "submit"): State.IN_REVIEW,
    (State.CHANGES_REQUESTED, "rebase"): State.DRAFT,
    (State.CHANGES_REQUESTED, "withdraw"): State.WITHDRAWN,
    (State.APPROVED, "edit"): State.IN_REVIEW,
    (State.APPROVED, "apply"): State.APPLIED,
    (State.APPROVED, "withdraw"): State.WITHDRAWN,
    (State.APPROVED, "stale"): State.STALE,
    (State.STALE, "rebase"): State.DRAFT,
    (State.STALE, "withdraw"): State.WITHDRAWN,
}

PAIRS: frozenset[tuple[str, str]] = frozenset(
    (str(here), str(there)) for (here, _), there in MOVES.items() if here != there
)
"""Each change of the column `state` that may happen."""

_DEEDS = {
    "edit": "edited",
    "submit": "submitted",
    "rebase": "brought up to date",
    "withdraw": "withdrawn",
    "vote": "voted on",
    "approve": "approved",
    "reject": "rejected",
    "return": "sent back",
    "stale": "marked stale",
    "expire": "expired",
    "apply": "applied",
}
_NEXT_STEPS = {
    State.DRAFT: "It is a draft: its author can submit it.",
    State.IN_REVIEW: "It is in review.",
    State.CHANGES_REQUESTED: "It waits for its author to answer the changes that were asked for.",
    State.APPROVED: "It is approved and waits for its effective date.",
    State.STALE: "The live version moved: its author can bring it up to date.",
    State.APPLIED: "It has taken effect; propose a new change instead.",
    State.REJECTED: "It was rejected; propose a new change instead.",
    State.WITHDRAWN: "It was withdrawn; propose a new change instead.",
    State.EXPIRED: "It expired; propose a new change instead.",
}


def may(state: str, move: str) -> bool:
    """Whether the table lists the move."""
    return (state, move) in MOVES


def next_state(state: str, move: str) -> str:
    """The state after the move; refuses a move that the table does not list, saying where the request stands."""
    there = MOVES.get((state, move))
    if there is None:
        advice = _NEXT_STEPS[State(state)]
        raise IllegalMove(f"This request cannot be {_DEEDS[move]} now. {advice}", extra={"state": str(state)})
    return str(there)
