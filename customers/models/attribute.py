"""The catalogue of what is known about customers."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from common.keys import key_field
from customers.choices import ORDERED_TYPES, AttributeType, Dimension, Grain, Sensitivity
from customers.models.source import Source


class Attribute(models.Model):
    """One typed, defined fact about customers. Born when somebody defines it; never deleted, as values and rules name
    it.

    Facts may be declared of the values: `minimum` and `maximum` (in the form in which values are stored), whole numbers
    only, always known, never before (below) the value of another attribute. New values must keep the range; every build
    counts who breaks a fact, and proofs rest on those alone that nobody breaks.

    `derivation` says how a value is computed where it is not collected: from events over a window, or as a score from
    other attributes (see `customers.rows.derivations`). Null for what is collected.

    Closed by its retirement (`retired_at`): no new rule reads it and no column goes to it any more, its values stay,
    and `successor` says what to use instead.

    `is_live` is set once a live rule uses it: from then on what changes its meaning goes through a change request.
    """

    key = key_field()
    label = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    type = models.CharField(max_length=20, choices=AttributeType.choices)
    dimension = models.CharField(max_length=20, choices=Dimension.choices)
    unit = models.CharField(max_length=40, blank=True)
    choices = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="attributes")
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sensitivity = models.CharField(max_length=20, choices=Sensitivity.choices, default=Sensitivity.INTERNAL)
    purposes = ArrayField(models.CharField(max_length=63), default=list, blank=True)
    grain = models.CharField(max_length=20, choices=Grain.choices, default=Grain.ACCOUNT)
    quality_threshold = models.FloatField(default=0.0, validators=[MinValueValidator(0.0), MaxValueValidator(1.0)])
    minimum = models.JSONField(null=True, blank=True)
    maximum = models.JSONField(null=True, blank=True)
    is_whole = models.BooleanField(default=False, db_default=False)
    is_always_known = models.BooleanField(default=False, db_default=False)
    not_before = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="not_after")
    derivation = models.JSONField(null=True, blank=True)
    is_live = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("label", "key")
        constraints = [
            models.CheckConstraint(condition=Q(type__in=AttributeType.values), name="customers_attribute_type"),
            models.CheckConstraint(condition=Q(dimension__in=Dimension.values), name="customers_attribute_dimension"),
            # An unknown word here would fall through every check of who may see the values.
            models.CheckConstraint(
                condition=Q(sensitivity__in=Sensitivity.values), name="customers_attribute_sensitivity"
            ),
            models.CheckConstraint(condition=Q(grain__in=Grain.values), name="customers_attribute_grain"),
            models.CheckConstraint(
                condition=Q(quality_threshold__gte=0) & Q(quality_threshold__lte=1),
                name="customers_attribute_threshold",
            ),
            # A fact that the type cannot have would break every build and every proof that reads it.
            models.CheckConstraint(
                condition=Q(minimum__isnull=True, maximum__isnull=True, not_before=None) | Q(type__in=ORDERED_TYPES),
                name="customers_attribute_order",
            ),
            models.CheckConstraint(
                condition=Q(is_whole=False) | Q(type=AttributeType.NUMBER), name="customers_attribute_whole"
            ),
            # An attribute in use that names another would send its readers away from itself.
            models.CheckConstraint(
                condition=Q(successor=None) | (Q(retired_at__isnull=False) & ~Q(successor=models.F("id"))),
                name="customers_attribute_successor",
            ),
        ]

    def __str__(self) -> str:
        return self.label
