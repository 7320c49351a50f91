"""The inbox of one person: what they can decide now, what waits for them as author, what they watch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db.models import F, QuerySet

from common.clock import now
from common.panels import HomeItem
from common.providers import providers
from reviews.choices import DECIDED, State
from reviews.measures import Due, Risk, due_in_words, is_trivial, risk_of
from reviews.models import ChangeRequest, Claim, Impact, Revision
from reviews.selectors.attention import claims_on, watched_by
from reviews.selectors.desk import awaiting_author, awaiting_vote, impact_words
from reviews.selectors.facts import facts_of
from reviews.selectors.requests import requests_for

AT_MOST = 300
# Words that both sides share, said before the first that differs.
CONTEXT = 6
SORTS = ("due", "age", "size", "risk")


@dataclass(frozen=True)
class InboxRow:
    """One request as somebody at work sees it: what changes in one line, how much, how risky, how due, who looks."""

    request: ChangeRequest
    line: str
    impact: str
    moved: int
    risk: Risk
    due: Due | None
    claims: list[Claim] = field(default_factory=list)
    is_trivial: bool = False

    @property
    def is_light(self) -> bool:
        """Whether it takes the light path: its board says so, and it surely moves nobody."""
        return self.is_trivial and bool(self.request.requirement.get("light"))

    @property
    def since(self) -> datetime | None:
        return self.request.submitted_at


def rows_of(requests: Iterable[ChangeRequest]) -> list[InboxRow]:
    """The requests as rows, in their order; three queries, however many they are."""
    found = list(requests)
    numbers = [request.pk for request in found]
    current = {"request__in": numbers}
    signed = Impact.objects.filter(**current, revision__number=F("request__revision"))
    impacts = {row.request_id: row for row in signed.only("request_id", "record", "checks")}
    worded = Revision.objects.filter(**current, number=F("request__revision"))
    revisions = {row.request_id: row for row in worded.only("request_id", "differences")}
    claims = claims_on(numbers)
    moment = now()
    return [
        _row(request, impacts.get(request.pk), revisions.get(request.pk), claims.get(request.pk, []), moment)
        for request in found
    ]


def _row(
    request: ChangeRequest, impact: Impact | None, revision: Revision | None, claims: list[Claim], moment: datetime
) -> InboxRow:
    differences = list(revision.differences) if revision else []
    checks = list(impact.checks) if impact else []
    record = {"sensitive": [], **(impact.record if impact else {})}
    facts = facts_of(request.kind, request.subject_type, request.proposed, differences, record, checks)
    return InboxRow(
        request=request,
        line=line_of(differences),
        impact=impact_words(impact.record) if impact else "",
        moved=facts.get("members_moved") or 0,
        risk=risk_of(facts, request.requirement, checks),
        due=due_in_words(request.due_at, moment) if request.state == State.IN_REVIEW else None,
        claims=claims,
        is_trivial=is_trivial(facts),
    )


def line_of(differences: Iterable[Mapping[str, Any]]) -> str:
    """What changes, in one line."""
    rows = list(differences)
    if not rows:
        return ""
    first = rows[0]
    change = _what_moved(str(first.get("old") or "").split(), str(first.get("new") or "").split())
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{first.get('label') or first.get('field')}: {change}{more}"


def _what_moved(old: list[str], new: list[str]) -> str:
    """The words that differ, after a few that both share: two long rules differ in one number as a rule."""
    if not old or not new:
        return _short(new) or f"no longer {_short(old)}"
    shared = _shared(old, new)
    after = _shared(old[shared:][::-1], new[shared:][::-1])
    begin = max(0, shared - CONTEXT)
    lead = " ".join((["…"] if begin else []) + old[begin:shared])
    gone, come = _short(old[shared : len(old) - after]), _short(new[shared : len(new) - after])
    change = f"{gone} → {come}" if gone and come else f"+ {come}" if come else f"− {gone}"
    return f"{lead} {change}".strip()


def _shared(old: list[str], new: list[str]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(old, new, strict=False)))


def _short(given: list[str], limit: int = 60) -> str:
    words = " ".join(given)
    return words if len(words) <= limit else words[: limit - 1] + "…"


@dataclass
class Inbox:
    """All that concerns one person now, in four parts; `decidable` counts also what is not shown.

    `numbers` are the requests that they can decide, in their order, and `boards` (key, name) those that they are of.
    """

    numbers: list[int]
    boards: list[tuple[str, str]]
    decidable: int
    answer: list[InboxRow]
    owe: list[HomeItem]
    watch: list[InboxRow]
    known: dict[int, InboxRow] = field(default_factory=dict)

    def rows(self, numbers: Sequence[int]) -> list[InboxRow]:
        """The rows of some of the numbers, in their order: those of a page are read, and nothing of the others."""
        missing = [number for number in numbers if number not in self.known]
        if missing:
            found = ChangeRequest.objects.filter(pk__in=missing).select_related("board", "author")
            self.known.update({row.request.pk: row for row in rows_of(found)})
        return [self.known[number] for number in numbers]

    @property
    def decide(self) -> list[InboxRow]:
        """The row of everything that they can decide."""
        return self.rows(self.numbers)


def inbox_of(viewer: Any, *, board: str = "", subject_type: str = "", only: str = "", sort: str = "due") -> Inbox:
    """The person's inbox; the first part narrowed to a board, a type, or `only` what is overdue, light or risky."""
    votes = _votes(viewer, board, subject_type, only == "overdue")
    first = F("due_at").asc(nulls_last=True) if sort == "due" else F("submitted_at").asc()
    ordered = votes.order_by(first, "submitted_at", "pk")
    known: dict[int, InboxRow] = {}
    if only in ("light", "risky") or sort in ("risk", "size"):
        # What these ask is in no column: every row is worked out.
        known = {row.request.pk: row for row in _chosen(rows_of(ordered[:AT_MOST]), only, sort)}
        places = {number: (row.request.board.key, row.request.board.name) for number, row in known.items()}
    else:
        told = ordered.values_list("pk", "board__key", "board__name")[:AT_MOST]
        places = {number: (key, name) for number, key, name in told}
    watched = requests_for(viewer=viewer).filter(pk__in=watched_by(viewer)).exclude(state__in=DECIDED)
    return Inbox(
        numbers=list(places),
        boards=sorted(set(places.values())),
        decidable=votes.count() if len(places) == AT_MOST else len(places),
        answer=rows_of(awaiting_author(viewer)[:AT_MOST]),
        owe=[item for provider in providers("WAITING_ITEMS") for item in provider(viewer)],
        watch=[row for row in rows_of(watched[:100]) if row.request.pk not in places],
        known=known,
    )


def _votes(viewer: Any, board: str, subject_type: str, is_overdue: bool) -> QuerySet[ChangeRequest]:
    votes: QuerySet[ChangeRequest] = awaiting_vote(viewer)
    if board:
        votes = votes.filter(board__key=board)
    if subject_type:
        votes = votes.filter(subject_type=subject_type)
    return votes.filter(due_at__lt=now()) if is_overdue else votes


def _chosen(rows: list[InboxRow], only: str, sort: str) -> list[InboxRow]:
    """The rows that fit, in the order asked for; among equals the order they came in."""
    if only == "light":
        rows = [row for row in rows if row.is_light]
    elif only == "risky":
        rows = [row for row in rows if row.risk.level >= 2]
    if sort == "risk":
        return sorted(rows, key=lambda row: -row.risk.level)
    return sorted(rows, key=lambda row: -row.moved) if sort == "size" else rows
