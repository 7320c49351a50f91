"""Customers: who they are to other systems, their ordinal, and what is known about them."""

from django.db import models
from django.db.models import Func, Q, Value

from customers.choices import ChangeCause

ORDINAL_LIMIT = 2**32


class Customer(models.Model):
    """One customer. Born with the first row that names the external id; closed by erasure, which leaves the ordinal
    empty.

    `clocks` says for each attribute that came with an event when that event happened: [instant, message id]; an
    attribute without one is as old as `set_at`, the last write that was not an event. `change_cause` and `arrived_at`
    tell why the newest change came and when what caused it was received. A customer that was merged into another one is
    erased of values and names the survivor.

    `ordinal` is the row in every profile build and the bit in every membership: dense, never reused. `changed_seq`
    rises with every change, so that a build reads only what changed since. This is data, not a record that people
    edit: it has no history table (see the decision record on attributes as JSONB).
    """

    ordinal = models.BigIntegerField(
        primary_key=True, db_default=Func(Value("customers_ordinal_seq"), function="nextval")
    )
    external_id = models.CharField(max_length=200, unique=True)
    attributes = models.JSONField(default=dict)
    changed_seq = models.BigIntegerField(db_default=Func(Value("customers_changed_seq"), function="nextval"))
    is_erased = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    clocks = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    set_at = models.DateTimeField(null=True, blank=True)
    change_cause = models.CharField(
        max_length=10, choices=ChangeCause.choices, default=ChangeCause.DATA, db_default=ChangeCause.DATA
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("external_id",)
        indexes = [
            models.Index(fields=["changed_seq"], name="customers_changed_since"),
            models.Index(fields=["ordinal"], condition=Q(is_erased=True), name="customers_erased"),
        ]
        constraints = [
            # Bitmaps of members hold 32 bits: a larger ordinal would wrap into somebody else's.
            models.CheckConstraint(
                condition=Q(ordinal__gte=0) & Q(ordinal__lt=ORDINAL_LIMIT), name="customers_ordinal_range"
            ),
            models.CheckConstraint(condition=Q(change_cause__in=ChangeCause.values), name="customers_cause_known"),
            # A merged customer that still counted would be one person twice.
            models.CheckConstraint(condition=Q(merged_into=None) | Q(is_erased=True), name="customers_merged_is_gone"),
            # An erased customer that kept values would still be counted, shown and delivered.
            models.CheckConstraint(condition=Q(is_erased=False) | Q(attributes={}), name="customers_erased_is_empty"),
        ]

    def __str__(self) -> str:
        return self.external_id
