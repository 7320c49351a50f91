"""Reading reports of misclassifications and how often they come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from accounts.selectors import people
from common.clock import now
from common.panels import HomeItem, HomePanel
from customers.selectors import customer_for, external_ids
from insights.choices import ReportState
from insights.errors import NoSuchReport
from insights.measures import per_thousand
from insights.models import MisclassificationReport
from insights.policies import ReportPolicy
from insights.states import UNSETTLED
from memberships.selectors import segments_of_ordinal, sizes

if TYPE_CHECKING:
    from accounts.models import User

WINDOW = timedelta(days=90)
# No incoming id has a slash.
_TOMBSTONE = "erased/"
_SHOWN = 4


@dataclass(frozen=True)
class MemberStanding:
    """Whether a customer is in a segment as published, and by which version and run."""

    is_in: bool
    version_number: int | None
    run_id: int | None


@dataclass(frozen=True)
class Rate:
    """How many reports about a segment came in the last 90 days, for each 1,000 of its members now, and what waits."""

    segment_key: str
    reported: int
    unsettled: int
    members: int | None
    per_thousand: float | None


def standing_of(ordinal: int, segment_key: str) -> MemberStanding:
    """Where the customer of that ordinal stands."""
    row = next((row for row in segments_of_ordinal(ordinal) if row.key == segment_key), None)
    return MemberStanding(row is not None, row.version_number if row else None, row.run_id if row else None)


def standing_for(*, viewer: Any, external_id: str, segment_key: str) -> MemberStanding:
    """Where a customer stands whom the viewer may see."""
    return standing_of(customer_for(viewer=viewer, external_id=external_id).ordinal, segment_key)


def reports_for(
    *, viewer: Any, state: str = "", segment_key: str = "", mine: bool = False
) -> QuerySet[MisclassificationReport]:
    """The reports that the viewer may see, newest first. `state`: one of them, or `unsettled`."""
    rows = ReportPolicy().visible(viewer).select_related("reported_by", "assigned_to", "judged_by").order_by("-pk")
    if state == "unsettled":
        rows = rows.filter(state__in=UNSETTLED)
    elif state in ReportState.values:
        rows = rows.filter(state=state)
    if segment_key:
        rows = rows.filter(segment_key=segment_key)
    return rows.filter(assigned_to_id=viewer.pk) if mine else rows


def report_for(*, viewer: Any, report_id: int) -> MisclassificationReport:
    """One report. Raises `NoSuchReport`."""
    found = reports_for(viewer=viewer).filter(pk=report_id).first()
    if found is None:
        raise NoSuchReport(f"There is no report {report_id}, or it is not open to you.")
    return found


def names_of(reports: Iterable[MisclassificationReport]) -> dict[int, str]:
    """Ordinal -> the customer's id, for those who were not erased."""
    ordinals = sorted({report.customer_ordinal for report in reports})
    names = zip(ordinals, external_ids(ordinals), strict=True)  # rows of customers stay, also of erased ones
    return {ordinal: name for ordinal, name in names if not name.startswith(_TOMBSTONE)}


def rates() -> dict[str, Rate]:
    """Segment key -> how often its members are doubted; segments without reports are left out."""
    recent = MisclassificationReport.objects.filter(reported_at__gt=now() - WINDOW)
    reported = dict(recent.order_by().values_list("segment_key").annotate(Count("pk")))
    waiting_rows = MisclassificationReport.objects.filter(state__in=UNSETTLED)
    waiting = dict(waiting_rows.order_by().values_list("segment_key").annotate(Count("pk")))
    known = sizes() if reported or waiting else {}
    found: dict[str, Rate] = {}
    for key in sorted({*reported, *waiting}):
        members = known[key].size if key in known else None
        count = reported.get(key, 0)
        found[key] = Rate(key, count, waiting.get(key, 0), members, per_thousand(count, members))
    return found


def triagers(segment_key: str) -> "list[User]":
    """Who may judge reports about the segment, by name."""
    policy = ReportPolicy()
    return [person for person in people() if policy.can(person, "triage", segment_key)]


def home_panels(viewer: Any) -> list[HomePanel]:
    """Reports that wait, for those who judge them."""
    if not ReportPolicy().can(viewer, "triage"):
        return []
    rows = reports_for(viewer=viewer, state=ReportState.OPEN)
    shown = list(rows[:_SHOWN])
    if not shown:
        return []
    total = len(shown) if len(shown) < _SHOWN else rows.count()
    items = [
        HomeItem(
            title=f"{report.segment_key}: a customer {report.get_claim_display().lower()}",
            url=reverse("insights:report", args=[report.pk]),
            detail=f"reported by {report.reported_by.display_name}",
            at=report.reported_at,
        )
        for report in shown
    ]
    queue = reverse("insights:reports")
    return [HomePanel("insights-reports", "Misclassifications to judge", 30, items, "", queue, total=total)]
