"""Releases of the taxonomy, who has read them, and the results of quick wins."""

from django.conf import settings
from django.db import models


class Release(models.Model):
    """One announcement of what the taxonomy is for and what has changed in it since the one before.

    Born published; never changed and never deleted. `changes` are the decisions that took effect since the release
    before; `objectives` those that the taxonomy served on that day, with whether they were agreed.
    """

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=120)
    vision = models.TextField(help_text="Markdown: where we want to go, and why the segments help.")
    changes = models.JSONField(default=list)
    objectives = models.JSONField(default=list)
    since = models.DateTimeField(null=True, blank=True, help_text="The instant of the release before.")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"Release {self.number}: {self.title}"


class Receipt(models.Model):
    """One person's word that they have read a release; born with it, never changed."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="receipts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        ordering = ("read_at", "id")
        constraints = [
            # Without it one reader could count as two.
            models.UniqueConstraint(fields=("release", "person"), name="receipt_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} read release {self.release_id}"


class WinResult(models.Model):
    """The published result of a change that was flagged as a quick win: what was measured before and after.

    Born when it is published; the newest of a request counts, and none is ever changed.
    """

    request_ref = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    segment = models.ForeignKey("taxonomy.Segment", on_delete=models.PROTECT, related_name="+")
    measures = models.JSONField(help_text="Each: name, unit, before, after, and what both rest on.")
    words = models.CharField(max_length=1000, help_text="What was learned.")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("-published_at", "-id")

    def __str__(self) -> str:
        return f"result of request {self.request_ref}"
