"""Keeping playbooks true: reviews after a changed rule, and who has read what."""

from django.conf import settings
from django.db import models

from playbooks.models.playbook import Playbook, PlaybookVersion


class ContentReview(models.Model):
    """The rule of a segment changed after its playbook was written. Born with the new rule; closed when the playbook
    is rewritten or somebody responsible confirms that it still fits."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="reviews")
    segment_version_number = models.PositiveIntegerField()
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playbook", "segment_version_number"], name="playbooks_review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.playbook} for version {self.segment_version_number}"


class ReadReceipt(models.Model):
    """A person confirmed having read a version. Never changed; the next version asks again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="playbook_receipts")
    version = models.ForeignKey(PlaybookVersion, on_delete=models.CASCADE, related_name="receipts")
    confirmed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="playbooks_receipt_once")]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.version_id}"
