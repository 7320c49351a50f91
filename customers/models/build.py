"""Profile builds: columnar snapshots of all customers, which runs evaluate."""

from django.db import models
from django.db.models import Q, Value

from customers.choices import BuildState


class ProfileBuild(models.Model):
    """One readable snapshot: a base file, and perhaps an overlay of rows changed since. Born when its files are
    complete.

    Closed (expired) when the files were removed; the row stays, because runs name it. `watermark` is the newest
    change that it surely holds, `base_watermark` that of its base. Row i of the snapshot is the customer of ordinal
    i. `facts` is how many customers break each declared fact: {key: {fact: {"declared": ..., "broken": n}}}. The `kind`
    history was brought in from outside, or written anew without the erased: it is only looked back at.
    """

    number = models.PositiveBigIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=BuildState.choices, default=BuildState.READY)
    kind = models.CharField(max_length=10)
    as_of = models.DateTimeField()
    watermark = models.BigIntegerField()
    base_watermark = models.BigIntegerField()
    row_count = models.BigIntegerField()
    alive_count = models.BigIntegerField()
    overlay_count = models.BigIntegerField(default=0)
    base_path = models.CharField(max_length=100)
    overlay_path = models.CharField(max_length=100, blank=True)
    schema = models.JSONField()
    digest = models.CharField(max_length=64)
    quality = models.JSONField(default=dict)
    facts = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    lineage = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BuildState.values), name="customers_build_state"),
            models.CheckConstraint(
                condition=Q(kind__in=["base", "overlay", "folded", "history"]), name="customers_build_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"build {self.number}"
