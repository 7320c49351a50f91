"""What upkeep contributes to the home page and the search."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.choices import Role
from accounts.policies import has_role
from common.clock import now
from common.panels import HomeItem, HomePanel
from common.search import SearchHit
from stewardship.models import AuditItem, Campaign, Case, Occurrence, Ritual
from stewardship.policies import UpkeepPolicy
from stewardship.selectors.audits import open_findings
from stewardship.selectors.cases import cases_for, hands_of
from stewardship.selectors.queue import case_line

_SHOWN = 6


def home_panels(viewer: Any) -> list[HomePanel]:
    """What waits for the viewer: cases at their stage, items and findings of audits; no panel where nothing does."""
    if not UpkeepPolicy().can(viewer, "view"):
        return []
    items = [*_cases(viewer), *_items(viewer), *_findings(viewer)]
    if not items:
        return []
    url = reverse("stewardship:home")
    return [HomePanel("stewardship", "Upkeep that waits for you", 22, items[:_SHOWN], "", url, total=len(items))]


def _cases(viewer: Any) -> list[HomeItem]:
    keeps = has_role(viewer, Role.STEWARD, Role.ADMINISTRATOR)
    found = []
    for case in cases_for(viewer=viewer, state="open")[:50]:
        if case.taker_id == viewer.pk or (keeps and case.taker_id is None) or viewer.pk in _hands(case, keeps):
            line = case_line(case)
            found.append(HomeItem(line.title, line.url, line.detail, case.opened_at, urgent=line.is_urgent))
    return found


def _hands(case: Case, keeps: bool) -> frozenset[int]:
    return frozenset() if keeps or case.stage == "steward" else hands_of(case).people


def _items(viewer: Any) -> list[HomeItem]:
    rows = AuditItem.objects.filter(assignee_id=viewer.pk, done_at=None, campaign__state="open")
    return [
        HomeItem(
            f"Audit: {row.title}",
            reverse("stewardship:audit-item", args=[row.pk]),
            f"{row.campaign.name}, by {row.campaign.due_on:%-d %B}",
            urgent=row.campaign.due_on < now().date(),
        )
        for row in rows.select_related("campaign")
    ]


def _findings(viewer: Any) -> list[HomeItem]:
    return [
        HomeItem(
            f"Finding: {row.text.splitlines()[0][:120]}",
            reverse("stewardship:audit", args=[row.item.campaign_id]),
            f"mend it by {row.due_on:%-d %B}",
            urgent=row.due_on < now().date(),
        )
        for row in open_findings(viewer)
    ]


def search(viewer: Any, text: str, limit: int = 10) -> list[SearchHit]:
    """Cases, audits, rituals and sessions whose name holds the text."""
    wanted = text.strip()
    if not wanted or not UpkeepPolicy().can(viewer, "view"):
        return []
    hits = [
        SearchHit("Case", row.title, row.get_state_display(), reverse("stewardship:case", args=[row.pk]), 0.5)
        for row in Case.objects.filter(title__icontains=wanted)[:limit]
    ]
    hits += [
        SearchHit("Audit", row.name, row.get_state_display(), reverse("stewardship:audit", args=[row.pk]), 0.6)
        for row in Campaign.objects.filter(name__icontains=wanted)[:limit]
    ]
    hits += [
        SearchHit("Ritual", row.name, row.get_type_display(), reverse("stewardship:ritual", args=[row.pk]), 0.6)
        for row in Ritual.objects.filter(name__icontains=wanted)[:limit]
    ]
    asked = Q(title__icontains=wanted) | Q(topics__icontains=wanted)
    hits += [
        SearchHit("Session", row.title, f"{row.on:%-d %B %Y}", reverse("stewardship:occurrence", args=[row.pk]), 0.5)
        for row in Occurrence.objects.filter(asked)[:limit]
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.title))[:limit]
