"""Reading audits: progress, findings, the report."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from common.clock import now
from stewardship.choices import FindingState
from stewardship.errors import NoSuchThing
from stewardship.models import AuditItem, Campaign, Finding
from stewardship.policies import AuditPolicy


@dataclass(frozen=True)
class Progress:
    """How far an audit is."""

    items: int
    done: int
    findings: int
    open_findings: int

    @property
    def percent(self) -> int:
        """Items done in a hundred, rounded down: never all of some."""
        return 100 * self.done // self.items if self.items else 0


def campaigns_for(*, viewer: Any) -> QuerySet[Campaign]:
    """The audits that the viewer may see, newest first, with `item_count`, `done_count` and `open_count`."""
    if not AuditPolicy().can(viewer, "view"):
        return Campaign.objects.none()
    # The order of the model is dropped where rows are grouped to be counted.
    rows = Campaign.objects.select_related("owner", "auditor", "opened_by").order_by("-id")
    return rows.annotate(
        item_count=Count("items", distinct=True),
        done_count=Count("items", filter=Q(items__done_at__isnull=False), distinct=True),
        open_count=Count("items__findings", filter=Q(items__findings__state=FindingState.OPEN), distinct=True),
    )


def campaign_for(*, viewer: Any, campaign_id: int) -> Campaign:
    """One audit with its items and findings. Raises `NoSuchThing`."""
    findings = Prefetch("findings", queryset=Finding.objects.select_related("owner", "raised_by", "settled_by"))
    items = AuditItem.objects.select_related("assignee", "done_by", "campaign").prefetch_related(findings)
    found = campaigns_for(viewer=viewer).filter(pk=campaign_id).prefetch_related(Prefetch("items", items)).first()
    if found is None:
        raise NoSuchThing(f"There is no audit {campaign_id}, or it is not open to you.")
    return found


def items_for(*, viewer: Any, campaign_id: int) -> QuerySet[AuditItem]:
    """The items of one audit."""
    rows = AuditItem.objects.filter(campaign_id=campaign_id).select_related("campaign", "assignee", "done_by")
    return rows if AuditPolicy().can(viewer, "view") else rows.none()


def item_for(*, viewer: Any, item_id: int) -> AuditItem:
    """One item of an audit. Raises `NoSuchThing`."""
    rows = AuditItem.objects.select_related("campaign", "assignee", "done_by")
    found = rows.filter(pk=item_id).first() if AuditPolicy().can(viewer, "view") else None
    if found is None:
        raise NoSuchThing(f"There is no item {item_id} of an audit, or it is not open to you.")
    return found


def findings_for(*, viewer: Any, state: str = "") -> QuerySet[Finding]:
    """What audits found, newest first; in one state where it is named."""
    rows = Finding.objects.select_related("item__campaign", "owner", "raised_by", "settled_by").order_by("-pk")
    rows = rows.filter(state=state) if state else rows
    return rows if AuditPolicy().can(viewer, "view") else rows.none()


def finding_for(*, viewer: Any, finding_id: int) -> Finding:
    """One finding. Raises `NoSuchThing`."""
    rows = Finding.objects.select_related("item__campaign", "owner", "raised_by", "settled_by")
    found = rows.filter(pk=finding_id).first() if AuditPolicy().can(viewer, "view") else None
    if found is None:
        raise NoSuchThing(f"There is no finding {finding_id}, or it is not open to you.")
    return found


def progress_of(campaign: Campaign) -> Progress:
    """How far the audit is, from what `campaign_for` has loaded."""
    items = list(campaign.items.all())
    findings = [finding for item in items for finding in item.findings.all()]
    waiting = sum(finding.state == FindingState.OPEN for finding in findings)
    return Progress(len(items), sum(item.done_at is not None for item in items), len(findings), waiting)


def report_of(campaign: Campaign) -> dict[str, Any]:
    """What the audit found, as plain JSON: what its signatures stand for."""
    return {
        "audit": campaign.pk,
        "name": campaign.name,
        "purpose": campaign.purpose,
        "scope": {"branch": campaign.branch, "types": campaign.types, "sample": campaign.sample},
        "checklist": campaign.checklist,
        "owner": campaign.owner.get_username(),
        "auditor": campaign.auditor.get_username(),
        "opened_at": campaign.opened_at.isoformat(),
        "due_on": campaign.due_on.isoformat(),
        "items": [_item(item) for item in campaign.items.all()],
    }


def _item(item: AuditItem) -> dict[str, Any]:
    return {
        "type": item.type,
        "key": item.key,
        "version": item.version_number,
        "answers": item.answers,
        "by": item.done_by.get_username() if item.done_by else None,
        "at": item.done_at.isoformat() if item.done_at else None,
        "findings": [
            {
                "id": finding.pk,
                "severity": finding.severity,
                "text": finding.text,
                "owner": finding.owner.get_username(),
                "due_on": finding.due_on.isoformat(),
                "state": finding.state,
                "request": finding.request_id,
                "answer": finding.answer,
            }
            for finding in sorted(item.findings.all(), key=lambda each: each.pk)
        ],
    }


def open_findings(owner: Any = None) -> QuerySet[Finding]:
    """Findings that wait, the oldest day first; of one owner or of all."""
    rows = Finding.objects.filter(state=FindingState.OPEN).select_related("item__campaign", "owner")
    rows = rows if owner is None else rows.filter(owner_id=owner.pk)
    return rows.order_by("due_on", "pk")


def overdue_findings() -> QuerySet[Finding]:
    """Findings whose day is over."""
    return open_findings().filter(due_on__lt=now().date())
