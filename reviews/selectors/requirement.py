"""What one change needs to pass: the board's conditions applied to it, with names, and why each is needed."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.selectors import people
from common.errors import DomainError
from customers.selectors import live_content as live_attribute
from reviews.choices import SubjectType
from reviews.conditions import Requirement, person_in_words, resolve
from reviews.models import Board, ChangeRequest
from reviews.policies import barred_voters
from reviews.selectors.ethics import open_questions
from reviews.selectors.facts import facts_of
from reviews.selectors.requests import current_impact, current_revision, request_for
from reviews.selectors.standing import Standing, assents, standing_under, valid_votes
from taxonomy.selectors import live_content, path_of

_OF_SEGMENT = {"segment_owner": "definition", "data_owner": "data", "outcome_owner": "outcome"}
_STAND_INS = ("definition", "outcome", "data")


@dataclass(frozen=True)
class Preview:
    """What a request needs, before or after its submission, and how that stands. `is_final` once it is before the
    board; until then another edit may change it."""

    requirement: dict[str, Any]
    standing: Standing
    is_final: bool

    @property
    def because(self) -> list[dict[str, str]]:
        """The conditions that hold, each with what it adds."""
        return list(self.requirement.get("because") or [])


def requirement_of(
    request: ChangeRequest, board: Board, record: Mapping[str, Any], differences: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The requirement of the request as it stands, in the form in which it is stored, signed and shown."""
    facts = facts_of(request.kind, request.subject_type, request.proposed, differences, record)
    found = resolve(board.policy, facts)
    return _named(found, request)


def requirement_preview(viewer: Any, request: ChangeRequest, record: Mapping[str, Any] | None = None) -> Preview:
    """What the request needs: as it was put before the board, or, for a draft, as it would be if submitted now.

    `record` is the effect of a draft, as `reviews.services.requirements` computes it; without it the conditions that
    ask for it take the strictest path.
    """
    request_for(viewer=viewer, request_id=request.pk)
    impact = current_impact(request)
    if impact is not None and request.requirement:
        asked = dict(request.requirement)
        votes, came = valid_votes(request), assents(request)
        return Preview(asked, standing_under(request.board, asked, votes, barred_voters(request), came), is_final=True)
    asked = requirement_of(request, request.board, record or {}, current_revision(request).differences)
    return Preview(asked, standing_under(request.board, asked, [], barred_voters(request)), is_final=False)


def _named(found: Requirement, request: ChangeRequest) -> dict[str, Any]:
    """The requirement with people in the place of rules; for somebody who wrote it, one more approval of the board."""
    hands = barred_voters(request) if found.people else frozenset()
    named: dict[str, str] = {}
    because = [dict(item) for item in found.because]
    extra = 0
    for rule, condition in found.people:
        for owners in _candidates(rule, request):
            person = _first_free(owners, hands)
            if person is not None:
                named.setdefault(person, _why(rule, condition))
            else:
                extra += 1
                adds = f"one more approval in the place of {person_in_words(rule)}, who may not vote or is gone"
                because.append({"condition": condition or "The board's policy", "adds": adds})
    quorum = found.quorum + extra
    return {
        "quorum": quorum,
        "required": dict(found.required),
        "people": [{"username": name, "because": why} for name, why in named.items()],
        "outsiders": found.outsiders,
        "notice_days": found.notice_days,
        "due_days": found.due_days,
        "expires_days": found.expires_days,
        "reject_on": found.reject_on,
        "light": found.light,
        "strictest": found.strictest,
        "demands": list(found.demands),
        "because": because,
    }


def _why(rule: str, condition: str) -> str:
    words = person_in_words(rule) if not rule.startswith("user:") else "named by the policy"
    return f"{words} ({condition})" if condition else words


def _first_free(usernames: Sequence[str], hands: frozenset[int]) -> str | None:
    """The first of them who is here, wrote none of it and does not stand aside."""
    active = {person.get_username(): person.pk for person in people().filter(username__in=list(usernames))}
    return next((name for name in usernames if name in active and active[name] not in hands), None)


def _candidates(rule: str, request: ChangeRequest) -> list[list[str]]:
    """For each thing that the rule speaks of the people who answer for it, the first one first; nothing where there is
    no such thing, as a root has no parent."""
    if rule.startswith("user:"):
        return [[rule.removeprefix("user:")]]
    if rule == "attribute_steward":
        return [_attribute_stewards(request)] if request.subject_type == SubjectType.ATTRIBUTE else []
    if request.subject_type not in (SubjectType.SEGMENT, SubjectType.PLAYBOOK, SubjectType.BRIEF):
        return []
    if rule in _OF_SEGMENT:
        owners = _owners(request.subject_key)
        first = _OF_SEGMENT[rule]
        order = [first, *(role for role in _STAND_INS if role != first)]
        return [[owners[role] for role in order if owners.get(role)]] if owners else []
    return [
        [owners[role] for role in _STAND_INS if owners.get(role)]
        for parent in _parents(request)
        if (owners := _owners(parent))
    ]


def _parents(request: ChangeRequest) -> list[str]:
    """The parent that is, and the one that would be."""
    found: list[str] = []
    with contextlib.suppress(DomainError):
        found += list(path_of(request.subject_key))[-2:-1]
    proposed = request.proposed.get("parent") if request.subject_type == SubjectType.SEGMENT else None
    return list(dict.fromkeys([*found, *([proposed] if isinstance(proposed, str) and proposed else [])]))


def _owners(key: str) -> dict[str, str]:
    live = live_content(key)
    return dict(live.content.get("owners") or {}) if live else {}


def _attribute_stewards(request: ChangeRequest) -> list[str]:
    live = live_attribute(request.subject_key)
    steward = live.content.get("steward") if live else request.proposed.get("steward")
    return [steward] if steward else []


def missing_demands(request: ChangeRequest) -> list[str]:
    """What the requirement demands of the author and is not said yet."""
    ethics = request.statement.get("ethics")
    said = {**request.statement, "objective": request.proposed.get("objective")}
    said["ethics"] = ethics and not open_questions(ethics)
    return [name for name in request.requirement.get("demands") or () if not said.get(name)]
