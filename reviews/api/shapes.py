"""Shapes of requests and boards, read from what the selectors gave."""

from typing import Any

from django.urls import reverse

from reviews.models import Board, ChangeRequest, Vote
from reviews.selectors import Detail, open_seats
from reviews.selectors.since import approval_of


def board_shape(board: Board) -> dict[str, Any]:
    """A board with its seats by function."""
    held = list(open_seats(board))
    by_function: dict[str, list[str]] = {}
    for seat in held:
        by_function.setdefault(seat.function, []).append(seat.user.get_username())
    fields = ("key", "name", "description", "branches", "subject_types", "policy", "policy_version", "version")
    return {**{name: getattr(board, name) for name in fields}, "seats": by_function, "members": held,
            "escalates_to": board.escalates_to.key if board.escalates_to else None}  # fmt: skip


def request_shape(request: ChangeRequest) -> dict[str, Any]:
    """A request as a list shows it."""
    fields = (
        "id", "kind", "title", "state", "state_reason", "revision", "base_version", "effective_at", "created_at",
        "submitted_at", "decided_at", "applied_at", "applied_version",
    )  # fmt: skip
    return {
        **{name: getattr(request, name) for name in fields},
        "subject": {"type": request.subject_type, "key": request.subject_key},
        "author": request.author.get_username(),
        "board": request.board.key,
    }


def detail_shape(detail: Detail, viewer: Any) -> dict[str, Any]:
    """A request with all that a voter needs."""
    request, standing = detail.request, detail.standing
    return {
        **request_shape(request),
        "digest": request.digest,
        "version": request.version,
        "proposed": request.proposed,
        "base": request.base_content,
        "rationale": request.rationale,
        "expected": request.expected,
        "statement": request.statement,
        "diff": {"structural": detail.differences, "words": [_words(item) for item in detail.differences]},
        "checks": detail.checks,
        "impact": {**detail.record, "samples": detail.samples} if detail.impact else None,
        "approvals": {
            "quorum": standing.policy.quorum,
            "required": dict(standing.policy.required),
            "received": dict(standing.judgement.approvals),
            "received_total": standing.received,
            "missing": standing.missing,
        },
        "requirement": dict(request.requirement) if detail.impact else {},
        "eligible_voters": [
            {"username": person.get_username(), "display_name": str(person), "function": function}
            for person, function in standing.eligible
        ],
        "votes": [
            *[_vote(vote, counts=True) for vote in standing.votes],
            *[_vote(vote, counts=False) for vote in standing.hollow],
        ],
        "timeline": detail.timeline,
        "you": detail.eligibility,
        "your_approval": approval_of(viewer, request),
        "suggestions": list(request.suggestions.select_related("author", "revision")),
        "warnings": detail.warnings,
        "links": _links(request),
    }


def _words(item: dict[str, str]) -> str:
    label = item["label"]
    if item["kind"] == "added":
        return f"{label}: {item['new']}"
    if item["kind"] == "removed":
        return f"{label}: no longer {item['old']}"
    return f"{label}: from {item['old']} to {item['new']}"


def _vote(vote: Vote, *, counts: bool) -> dict[str, Any]:
    fields = ("id", "function", "verdict", "reason", "digest", "cast_at")
    return {
        **{name: getattr(vote, name) for name in fields},
        "voter": vote.voter.get_username(),
        "counts": counts,
        "in_place_of": vote.seat.user.get_username() if vote.seat and vote.delegation_id else None,
        "meeting": vote.meeting_id,
    }


def _links(request: ChangeRequest) -> dict[str, str]:
    names = (
        "submit",
        "withdraw",
        "votes",
        "comments",
        "suggestions",
        "schedule",
        "rebase",
        "apply",
        "evidence",
        "requirement",
    )
    return {
        "self": reverse("api-change-request", args=[request.pk]),
        "page": reverse("reviews:request", args=[request.pk]),
        **{name: reverse(f"api-change-request-{name}", args=[request.pk]) for name in names},
    }
