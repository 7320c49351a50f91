"""The minutes of a meeting, written from the ledger: nothing in them was entered a second time."""

from collections.abc import Mapping
from typing import Any

from accounts.selectors import names_of
from ledger.selectors import entries_about
from meetings.choices import HERE
from meetings.models import Attendance, Item, Meeting
from reviews.selectors.in_meetings import CastVote, aside_from, votes_in

OUTCOMES = {
    "reviews.request.approved": "approved",
    "reviews.request.rejected": "rejected",
    "reviews.request.returned": "sent back to its author",
    "reviews.request.staled": "turned stale",
    "reviews.request.applied": "in effect",
}
DISSENT = ("reject", "request_changes")


def minutes_of(meeting: Meeting) -> dict[str, Any]:
    """The minutes as they stand now: who was there, each item with its votes, dissent and outcome, by ledger entry.

    The votes are those that the ledger holds of this meeting; their reasons are the voters' own words.
    """
    kept = {vote.vote_id: vote for vote in votes_in(meeting.pk)}
    items = list(Item.objects.filter(meeting=meeting).order_by("-lane", "place", "pk"))
    own = list(entries_about("meeting", str(meeting.pk)).order_by("pk"))
    attendance = Attendance.objects.filter(meeting=meeting).select_related("person", "stands_for").order_by("pk")
    people = list(attendance)
    return {
        "meeting": {
            "id": meeting.pk,
            "title": meeting.title,
            "board": meeting.board.key,
            "board_name": meeting.board.name,
            "place": meeting.place,
            "planned_for": meeting.starts_at.isoformat(),
            "opened_at": meeting.opened_at.isoformat() if meeting.opened_at else None,
            "closed_at": meeting.closed_at.isoformat() if meeting.closed_at else None,
            "chair": str(meeting.chair) if meeting.chair else "",
        },
        "quorum": {"needed": meeting.quorum, "present": sum(row.presence in HERE for row in people)},
        "attendance": [_place(row) for row in people],
        "items": [_item(meeting, item, kept) for item in items],
        "entries": [{"entry": entry.pk, "event": entry.event, "by": entry.actor_name} for entry in own],
    }


def _place(row: Attendance) -> dict[str, Any]:
    return {
        "name": str(row.person),
        "username": row.person.get_username(),
        "presence": row.presence,
        "words": row.get_presence_display(),
        "stands_for": str(row.stands_for) if row.stands_for else "",
        "note": row.note,
    }


def _item(meeting: Meeting, item: Item, kept: Mapping[int, CastVote]) -> dict[str, Any]:
    written: dict[str, Any] = {
        "item": item.pk,
        "lane": item.lane,
        "title": item.title,
        "request": item.request_id,
        "state": item.state,
        "state_words": item.get_state_display() if item.state != "pending" else "Not reached",
        "seconds": item.seconds,
        "notes": item.notes,
        "reason": item.reason,
        "votes": [],
        "dissent": [],
        "aside": [],
        "outcome": None,
    }
    if item.request_id is None or meeting.opened_at is None:
        return written
    return written | _decision(meeting, item.request_id, kept)


def _decision(meeting: Meeting, request_id: int, kept: Mapping[int, CastVote]) -> dict[str, Any]:
    """The votes on one request that were cast in the meeting, and what became of it meanwhile."""
    votes: list[dict[str, Any]] = []
    outcome: dict[str, Any] | None = None
    entries = entries_about("request", str(request_id)).filter(at__gte=meeting.opened_at).order_by("pk")
    for entry in entries:
        vote = kept.get(entry.payload.get("vote_id", 0)) if entry.event == "reviews.vote.cast" else None
        if vote is not None:
            votes.append(_vote(entry, vote))
        elif entry.event in OUTCOMES and votes:
            outcome = {"entry": entry.pk, "event": entry.event, "words": OUTCOMES[entry.event]}
    aside = aside_from(request_id)
    names = names_of(set(aside))
    return {
        "votes": votes,
        "dissent": [vote for vote in votes if vote["verdict"] in DISSENT],
        "aside": [{"name": names[person], "why": why} for person, why in sorted(aside.items()) if person in names],
        "outcome": outcome,
    }


def _vote(entry: Any, vote: CastVote) -> dict[str, Any]:
    """One vote: verdict, function and digest as the ledger has them, the reason in the voter's words."""
    return {
        "entry": entry.pk,
        "vote": vote.vote_id,
        "name": vote.name,
        "username": entry.actor_name,
        "function": entry.payload["function"],
        "in_place_of": vote.in_place_of,
        "verdict": entry.payload["verdict"],
        "reason": vote.reason,
        "digest": entry.payload["digest"],
        "at": entry.at.isoformat(),
    }
