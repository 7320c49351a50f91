"""Findings whose day is over."""

from django.db import IntegrityError, transaction
from django.urls import reverse

from common.clock import now
from notifications.choices import Kind
from notifications.services import notify
from stewardship.models import Escalation, Finding
from stewardship.selectors.audits import overdue_findings


def escalate_findings() -> int:
    """Afterwards the owner of each overdue finding, the owner of its audit and its auditor have been told, once per
    day that it was due; how many tellings were new. Twice at once does no harm.

    Refuses: nothing. Announces: nothing; a reminder decides nothing.
    """
    return sum(_escalated(finding) for finding in overdue_findings())


def _escalated(finding: Finding) -> bool:
    campaign = finding.item.campaign
    about = f"finding:{finding.pk}"
    try:
        with transaction.atomic():
            Escalation.objects.create(about=about, due_on=finding.due_on, stage="owner", at=now())
            notify(
                to={finding.owner_id, campaign.owner_id, campaign.auditor_id},
                kind=Kind.FINDING,
                title=f"Overdue finding of audit “{campaign.name}”: {finding.item.title}"[:200],
                url=reverse("stewardship:audit", args=[campaign.pk]),
                about=about,
                key=f"{about}:{finding.due_on}:overdue",
                urgent=True,
            )
    except IntegrityError:
        return False
    return True
