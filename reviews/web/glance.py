"""The request at a glance: what changes, who moves, what is proved, how the checks ended, what the viewer can do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from reviews.choices import CheckStatus, State
from reviews.selectors import Detail

MOST_CHANGES = 3
MOST_WORDS = 180
"""Letters of a change that are shown at a glance; the whole stands one tap away."""

_CHECKS = (
    (CheckStatus.FAIL, "failed"),
    (CheckStatus.WARN, "to look at"),
    (CheckStatus.NOT_RUN, "not run"),
    (CheckStatus.PASS, "passed"),
)
_OPEN = (State.DRAFT, State.CHANGES_REQUESTED, State.IN_REVIEW, State.APPROVED)


@dataclass(frozen=True)
class Change:
    """One field that changes: in full where it is short, cut where it is long."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Deed:
    """What the viewer can do now, or why nothing; `href` leads there."""

    words: str
    href: str = ""


def glance_part(viewer: Any, detail: Detail) -> dict[str, Any]:
    """What the first screen of the page says; it asks the database nothing."""
    changes = first_changes(detail.differences)
    return {
        "glance": {
            "is_shown": detail.request.state in (*_OPEN, State.APPLIED),
            "changes": changes,
            "more": len(detail.differences) - len(changes),
            "moves": moves_in_words(detail.record),
            "value": value_in_words(detail.record),
            "is_proved": bool(detail.record.get("is_proved")),
            "checks": checks_in_words(detail.checks),
            "deed": deed_of(viewer, detail),
        }
    }


def first_changes(differences: Iterable[Mapping[str, Any]]) -> list[Change]:
    """The changes that are shown first: of something new its name, else the rule before the words about it."""
    rows = list(differences)
    is_new = all(row.get("kind") == "added" for row in rows)
    ranks = {"name": 0, "meaning": 1, "rule": 2} if is_new else {"rule": 0}
    ordered = sorted(rows, key=lambda row: ranks.get(str(row.get("field")), len(ranks)))
    return [_change(row) for row in ordered[:MOST_CHANGES]]


def _change(row: Mapping[str, Any]) -> Change:
    label = str(row.get("label") or row.get("field"))
    if str(row.get("field")).startswith("thresholds.") and row.get("old") and row.get("new"):
        return Change(label, "", "")  # The label says from what to what already.
    return Change(label, _short(row.get("old")), _short(row.get("new")))


def _short(value: Any) -> str:
    words = " ".join(str(value or "").split())
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1].rstrip() + "…"


def moves_in_words(record: Mapping[str, Any]) -> str:
    """Who moves, in a sentence; where it is not known, that and why."""
    if not record:
        return "Counted for the board when it is submitted; as of now it stands under Changes."
    if not record.get("computed"):
        return f"Not computed: {record.get('reason') or 'no reason was kept'}"
    form = record.get("form")
    if form == "membership":
        moves = (("entering", "enter"), ("leaving", "leave"), ("staying", "stay"))
        return ", ".join(_do(record[name], verb) for name, verb in moves).capitalize() + "."
    if form == "content":
        return f"Nobody. It is read for {_many(record.get('members'))} customers."
    if form == "regrouping":
        return "Customers move between the segments named below."
    uses = len(record.get("uses") or ())
    return f"Nobody by itself. {uses} {'text or rule uses' if uses == 1 else 'texts or rules use'} it."


def _do(count: Any, verb: str) -> str:
    """How many do it; one or nobody enters, two enter."""
    return f"{_many(count)} {verb}{'s' if count in (0, 1) else ''}"


def _many(count: Any) -> str:
    if isinstance(count, int):
        return f"{count:,}" if count else "nobody"
    return str(count)


def value_in_words(record: Mapping[str, Any]) -> str:
    """The value that moves with them; empty where it is not counted."""
    revenue = record.get("revenue") or {}
    if not revenue.get("attribute") or not revenue.get("moved"):
        return ""
    return f"{revenue['moved']:,.0f} {revenue.get('unit') or ''} of {str(revenue['label']).lower()} moves with them."


def checks_in_words(checks: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """(status, words) of each way in which checks ended, worst first."""
    counts = [(status, sum(check["status"] == status for check in checks), word) for status, word in _CHECKS]
    return [(status.value, f"{number} {word}") for status, number, word in counts if number]


def deed_of(viewer: Any, detail: Detail) -> Deed:
    """What the viewer can do next."""
    found, deeds = detail.request, detail.deeds
    if found.state == State.IN_REVIEW:
        may_vote = detail.eligibility.may_vote
        return Deed("Read it and give your vote", "#vote-title") if may_vote else Deed(detail.eligibility.reason)
    if found.state in (State.DRAFT, State.CHANGES_REQUESTED):
        refused = deeds["submit"]
        return Deed(refused or f"Look it over, then submit it to {found.board.name}.")
    if found.state == State.APPROVED:
        return Deed("Nothing more to decide: it takes effect when it is due.")
    if found.state == State.APPLIED:
        return Deed("Look at what it did", reverse("insights:decision", args=[found.pk]))
    return Deed("")
