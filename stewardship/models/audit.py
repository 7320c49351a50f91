"""Audit campaigns: their items and findings."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stewardship.choices import CampaignState, FindingState, Kept, Severity


class Campaign(models.Model):
    """One audit: what is looked at, by which questions, until when.

    Born open with its items; closed when campaign owner and auditor, two people, have both signed. From then on report
    and items never change: the database refuses it. `digest` is that of the report.
    """

    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500, blank=True, default="")
    branch = models.CharField(max_length=63, blank=True, default="")
    types = models.JSONField(default=list)
    sample = models.PositiveIntegerField(default=0)
    checklist = models.JSONField(default=list)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=CampaignState.choices, default=CampaignState.OPEN)
    owner_signed_at = models.DateTimeField(null=True, blank=True)
    auditor_signed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CampaignState.values), name="stewardship_campaign_state"),
            # Four eyes: nobody signs off what they ran themselves.
            models.CheckConstraint(condition=~Q(owner=F("auditor")), name="stewardship_campaign_four_eyes"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None, report=None, digest="")
                | Q(
                    state="closed",
                    closed_at__isnull=False,
                    report__isnull=False,
                    owner_signed_at__isnull=False,
                    auditor_signed_at__isnull=False,
                )
                & ~Q(digest=""),
                name="stewardship_campaign_closed_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AuditItem(models.Model):
    """One thing in an audit and the answers to the checklist. Born with the campaign; done when its assignee has
    answered every question; may be answered anew until the campaign is closed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="items")
    type = models.CharField(max_length=12, choices=Kept.choices)
    key = models.CharField(max_length=63)
    title = models.CharField(max_length=200)
    version_number = models.PositiveIntegerField()
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=list, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("campaign_id", "type", "title", "key")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "type", "key"], name="stewardship_item_once"),
            models.CheckConstraint(condition=Q(type__in=Kept.values), name="stewardship_item_type_known"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="stewardship_item_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.key} in audit {self.campaign_id}"


class Finding(models.Model):
    """Something that an audit found wrong. Born while the campaign is open, with an owner and a day; closed as mended
    or accepted, also after the campaign. `request_id` is the change request that mends it."""

    item = models.ForeignKey(AuditItem, on_delete=models.CASCADE, related_name="findings")
    text = models.TextField(max_length=2000)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    request_id = models.BigIntegerField(null=True, blank=True)
    answer = models.TextField(max_length=2000, blank=True, default="")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FindingState.values), name="stewardship_finding_state"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="stewardship_finding_severity"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None, settled_by=None)
                | ~Q(state="open") & Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(answer=""),
                name="stewardship_finding_settled_with_answer",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="open"), name="stewardship_finding_due")]

    def __str__(self) -> str:
        return f"finding {self.pk}"
