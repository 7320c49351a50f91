"""The pack that members read before a meeting: each item with its differences, impact and checks."""

from dataclasses import dataclass
from typing import Any

from meetings.selectors.reading import ItemView, MeetingView
from reviews.selectors.in_meetings import papers_of


@dataclass(frozen=True)
class Part:
    """One item with its papers; `checks` are those to look at, besides `passed` ones."""

    view: ItemView
    differences: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    passed: int
    rationale: str
    missing: list[str]


def pack_of(view: MeetingView) -> list[Part]:
    """The parts of the pack in the order of the agenda, the consent agenda first."""
    rows = [*view.consent, *view.agenda]
    papers = papers_of([each.item.request_id for each in rows if each.item.request_id is not None])
    return [_part(each, papers.get(each.item.request_id or 0, {})) for each in rows]


def _part(view: ItemView, papers: dict[str, Any]) -> Part:
    checks = papers.get("checks", [])
    odd = [check for check in checks if check["status"] != "pass"]
    return Part(
        view=view,
        differences=papers.get("differences", []),
        checks=odd,
        passed=len(checks) - len(odd),
        rationale=papers.get("rationale", ""),
        missing=papers.get("missing", []),
    )
