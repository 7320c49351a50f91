"""Impact records: what a submitted revision would do, as it was shown to those who vote."""

from django.db import models

from reviews.models.request import ChangeRequest, Revision


class Impact(models.Model):
    """What was put before the board with one revision: impact, checks and policy, and the digest over all of it.

    Born at submission; never changed. `samples` names a few customers by external id; it is no part of the digest
    and may be blanked when a customer is erased.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="impacts")
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="impact")
    record = models.JSONField()
    checks = models.JSONField(default=list)
    policy = models.JSONField()
    grounds = models.JSONField(
        default=dict,
        blank=True,
        db_default=models.Value({}, output_field=models.JSONField()),
        help_text="The versions of all that the content rests on: rules of parents, attributes, segments referred to.",
    )
    policy_version = models.PositiveIntegerField()
    build_number = models.PositiveIntegerField(null=True, blank=True)
    digest = models.CharField(
        max_length=64, help_text="Of the record and its nonce; of the record alone where it has none."
    )
    nonce = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="Without it somebody who may not read a small count could try all of them against the digest.",
    )
    signed = models.CharField(max_length=64, help_text="Of everything a vote on this revision agrees to.")
    samples = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"impact of revision {self.revision_id}"
