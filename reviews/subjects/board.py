"""Boards under review: what a board governs, what it asks for and who sits in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from accounts.choices import Function
from common.actors import Actor
from common.errors import Conflict, Invalid
from common.keys import check_key
from reviews.choices import OPEN, CheckStatus, Kind, State, SubjectType
from reviews.conditions import approvals_in_words, condition_in_words, person_in_words
from reviews.models import Board, ChangeRequest
from reviews.selectors.board_content import FIELDS, checked_board, content_of_board, edition_of
from reviews.subjects.base import Check, Content, Difference, Effect, Examined, Live, Order, PlainSubject
from reviews.subjects.board_writing import fields_of, hold_votes, write_board
from reviews.subjects.wording import (
    below_proposed,
    field_difference,
    object_only,
    refuse_nothing_changed,
    refuse_unknown,
)

WORDS = {value: label.lower() for value, label in Function.choices}
_TYPES = dict(SubjectType.choices)


class BoardSubject(PlainSubject):
    """A board, its policy and its seats; decided by the board that names boards among what it decides about."""

    type = "board"
    noun = "board"
    kinds: Sequence[str] = (Kind.CREATE, Kind.CHANGE)

    def live(self, key: str) -> Live | None:
        board = Board.objects.select_related("escalates_to").filter(key=key).first()
        return Live(edition_of(board), content_of_board(board)) if board else None

    def full_content(self, kind: str, key: str, proposed: Content, live: Live | None) -> Content:
        check_key(key, "/subject/key")
        given = object_only(proposed)
        refuse_unknown(given, FIELDS)
        if kind == Kind.CREATE:
            return {"description": "", "branches": [], "escalates_to": None, "seats": {}, **given}
        if live is None:
            raise Invalid(f"There is no board {key}.", code="no_live", pointer="/subject/key")
        return {**live.content, **given}

    def check(self, *, viewer: Any, kind: str, key: str, content: Content) -> Examined:
        try:
            written = checked_board(content, key=key)
        except (Invalid, Conflict) as refused:
            raise below_proposed(refused) from refused
        live = self.live(key)
        refuse_nothing_changed(live.content if live else None, written)
        return Examined(written, [_reach_check(written), _alone_check(written), _own_check(key, written)])

    def difference(self, kind: str, key: str, old: Content | None, new: Content) -> list[Difference]:
        before, after = _said(old) if old else {}, _said(new)
        found: list[Difference] = []
        for field, label in _LABELS.items():
            found += field_difference(field, label, before.get(field), after.get(field))
        return found

    def effect(self, *, kind: str, key: str, content: Content) -> Effect:
        rows = ChangeRequest.objects.filter(board__key=key, state__in=OPEN).exclude(state=State.DRAFT).order_by("pk")
        uses = [{"title": f"#{row.pk} {row.title}", "url": reverse("reviews:request", args=[row.pk])} for row in rows]
        return Effect({"form": "board", "computed": True, "reason": "", "uses": uses})

    def path(self, kind: str, key: str, content: Content) -> list[str]:
        return []

    def title(self, kind: str, key: str, content: Content) -> str:
        name = str(content.get("name") or key)
        return (f"Set up {name}" if kind == Kind.CREATE else f"Change {name}: its policy or seats")[:200]

    def url(self, key: str) -> str:
        return reverse("reviews:board", args=[key])

    def apply(self, *, actor: Actor, order: Order) -> int:
        board = Board.objects.select_for_update(no_key=True, of=("self",)).filter(key=order.key).first()
        if (edition_of(board) if board else None) != order.base_version:
            raise Conflict(f"The board {order.key} was changed meanwhile.", code="stale_base")
        content = checked_board(order.content, key=order.key)
        if board is not None:
            hold_votes(board)
        written, _ = write_board(actor, board, order.key, fields_of(content), content["seats"])
        return edition_of(written)


_LABELS = {
    "name": "Name",
    "description": "Description",
    "branches": "Decides in",
    "subject_types": "Decides about",
    "approvals": "Approvals",
    "reject_on": "A rejection",
    "besides": "Asks for besides",
    "days": "Days",
    "conditions": "Conditions",
    "escalates_to": "Goes up to",
    "seats": "Seats",
}


def _said(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as readers compare it: the policy in its parts, in words."""
    policy = content["policy"]
    besides = [person_in_words(rule) for rule in policy.get("people") or ()]
    besides += [f"{policy['outsiders']} from outside"] if policy.get("outsiders") else []
    besides += [f"a statement of {name}" for name in policy.get("demands") or ()]
    days = {name: policy[name] for name in ("expires_days", "notice_days", "due_days") if policy.get(name)}
    return {
        "name": content["name"],
        "description": content["description"],
        "branches": content["branches"] or ["everything that no other board governs"],
        "subject_types": [_TYPES.get(name, name) for name in content["subject_types"]],
        "approvals": approvals_in_words(policy["quorum"], policy["required"], WORDS),
        "reject_on": "one ends a request"
        if policy["reject_on"] == "any"
        else "ends a request once the approvals cannot be reached",
        "besides": besides,
        "days": {name.replace("_days", ""): number for name, number in days.items()},
        "conditions": [condition_in_words(item, WORDS) for item in policy.get("conditions") or ()],
        "escalates_to": content["escalates_to"],
        "seats": [f"{WORDS.get(name, name)}: {', '.join(people)}" for name, people in content["seats"].items()],
    }


def _reach_check(content: Content) -> Check:
    """Whether the seats could give what the policy usually asks for."""
    policy, seats = content["policy"], content["seats"]
    total = sum(len(people) for people in seats.values())
    lacking = [
        f"{number - len(seats.get(name, []))} more for {WORDS.get(name, name)}"
        for name, number in policy["required"].items()
        if len(seats.get(name, [])) < number
    ]
    if total < policy["quorum"]:
        lacking.append(f"{policy['quorum'] - total} more in all")
    if lacking:
        return Check(
            "Within reach",
            CheckStatus.FAIL,
            f"With these seats nothing could ever be approved: it needs {' and '.join(lacking)}.",
            "Seat more people, or ask for less.",
        )
    return Check("Within reach", CheckStatus.PASS, f"{total} seats can give {policy['quorum']} approvals.")


def _alone_check(content: Content) -> Check:
    """How few people could put a change into effect."""
    policy = content["policy"]
    light = [item["then"]["quorum"] for item in policy.get("conditions") or () if item["then"].get("light")]
    if policy["quorum"] > 1:
        path = f" ({min(light)} on a light path)" if light else ""
        return Check("Several people", CheckStatus.PASS, f"{policy['quorum']} members besides the author{path}.")
    return Check(
        "Several people",
        CheckStatus.WARN,
        "One member can put into effect what another person wrote: two people suffice for any change.",
        "A quorum of 2 asks for a third pair of eyes.",
    )


def _own_check(key: str, content: Content) -> Check:
    """Whether boards stay governed."""
    holds = Board.objects.filter(key=key, subject_types__contains=[SubjectType.BOARD.value]).exists()
    if not holds or SubjectType.BOARD in content["subject_types"]:
        return Check("Boards stay governed", CheckStatus.PASS, "A board goes on deciding about boards.")
    return Check(
        "Boards stay governed",
        CheckStatus.FAIL,
        "Then no board would decide about boards, and an administrator could change any of them alone.",
        "Keep boards among what this board decides about.",
    )
