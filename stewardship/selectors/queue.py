"""All that waits for a steward, on one page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse

from aims.choices import UNUSED_DAYS
from aims.selectors import unused_for
from common.clock import now
from customers.selectors import home_panels as data_panels
from stewardship.choices import Kept
from stewardship.models import Case
from stewardship.selectors.audits import open_findings
from stewardship.selectors.calendar import rituals_for
from stewardship.selectors.cases import cases_for
from stewardship.selectors.kept import things
from stewardship.selectors.ownership import unowned, without_board
from taxonomy.selectors.upkeep import segments_in_force

SHOWN = 12


@dataclass(frozen=True)
class Line:
    """One thing that waits: what, where, since or by when, how urgent."""

    title: str
    url: str
    detail: str
    is_urgent: bool = False


@dataclass(frozen=True)
class Part:
    """One kind of what waits: `lines` are the first of `total`."""

    key: str
    title: str
    url: str
    lines: tuple[Line, ...]
    total: int
    empty: str


def queue_for(viewer: Any) -> list[Part]:
    """Every part of the queue, also the empty ones."""
    return [
        _cases(viewer),
        _owners(),
        _boards(),
        _reviews(),
        _unused(viewer),
        _findings(),
        _rituals(viewer),
        _data(viewer),
    ]


def waiting_for_stewards(viewer: Any) -> int:
    """How many things wait in all."""
    return sum(part.total for part in queue_for(viewer))


def _part(key: str, title: str, url: str, lines: list[Line], empty: str) -> Part:
    return Part(key, title, url, tuple(lines[:SHOWN]), len(lines), empty)


def _cases(viewer: Any) -> Part:
    lines = [case_line(case) for case in cases_for(viewer=viewer, state="open")]
    url = reverse("stewardship:cases")
    return _part("cases", "Cases", url, lines, "No alarm waits for an answer.")


def case_line(case: Case) -> Line:
    """A case as one line."""
    who = f"with {case.taker}" if case.taker else f"waits for the {case.get_stage_display().lower()}"
    due = "past every limit" if case.is_late else f"passes on at {case.due_at:%-d %b %H:%M} UTC"
    return Line(case.title, reverse("stewardship:case", args=[case.pk]), f"{who}, {due}", case.due_at < now())


def _owners() -> Part:
    url = reverse("stewardship:ownership")
    lines = [
        Line(gap.segment.name, url, f"Nobody answers for its {' and '.join(gap.missing)}", True) for gap in unowned()
    ]
    return _part("owners", "Without an owner", url, lines, "Every segment has its three owners.")


def _boards() -> Part:
    lines = [
        Line(each.name, reverse("taxonomy:segment", args=[each.key]), "No board decides about it", True)
        for each in without_board()
    ]
    return _part("boards", "Without a board", reverse("reviews:boards"), lines, "A board decides about every segment.")


def _reviews() -> Part:
    due = [each for each in things() if each.is_overdue]
    lines = [
        Line(each.title, reverse("stewardship:review", args=[each.type, each.key]), f"due {each.review_by:%-d %B %Y}")
        for each in due
    ]
    url = reverse("stewardship:reviews")
    return _part("reviews", "Reviews overdue", url, lines, "Nothing is overdue for a review.")


def _unused(viewer: Any) -> Part:
    """Segments that nobody has used for so long, each with its review; one younger than that had no time to be used."""
    since = now() - timedelta(days=UNUSED_DAYS)
    known_long = {each.key for each in segments_in_force() if each.born_at < since}
    lines = [
        Line(
            row.name,
            reverse("stewardship:review", args=[Kept.SEGMENT, row.key]),
            f"last used {row.last_on:%-d %B %Y}; is it still needed?" if row.last_on else "never used; is it needed?",
        )
        for row in unused_for(viewer=viewer)
        if row.key in known_long
    ]
    empty = f"Every segment was used in the last {UNUSED_DAYS} days."
    return _part("unused", "Not used", reverse("aims:usage"), lines, empty)


def _findings() -> Part:
    today = now().date()
    lines = [
        Line(
            each.text.splitlines()[0][:160],
            reverse("stewardship:audit", args=[each.item.campaign_id]),
            f"{each.get_severity_display()}, {each.owner}, by {each.due_on:%-d %B %Y}",
            each.due_on < today,
        )
        for each in open_findings()
    ]
    url = reverse("stewardship:audits")
    return _part("findings", "Findings", url, lines, "No finding of an audit waits.")


def _rituals(viewer: Any) -> Part:
    today = now().date()
    lines = [
        Line(each.name, reverse("stewardship:ritual", args=[each.pk]), f"was due {each.next_on:%-d %B %Y}", True)
        for each in rituals_for(viewer=viewer)
        if each.next_on < today
    ]
    url = reverse("stewardship:calendar")
    return _part("rituals", "Not held", url, lines, "Every ritual was held in time.")


def _data(viewer: Any) -> Part:
    """What the data storey asks of stewards: overdue sources, failed imports, problems of events."""
    lines = [
        Line(item.title, item.url, item.detail, item.urgent) for panel in data_panels(viewer) for item in panel.items
    ]
    url = reverse("customers:sources")
    return _part("data", "Data", url, lines, "Nothing of the data waits for you.")
