"""What programs tell about customers as it happens: events, links between ids, values that did not fit."""

from django.db import models
from django.db.models import Func, Q, Value

from customers.choices import EventType


class Event(models.Model):
    """One thing that happened, as a program told it. Born with its message, before the program is answered; applied
    once (`applied_at`), which finds out whose it is; closed by retention, a month at a time.

    The table is partitioned by `received_at`, a partition a month. `at` is when it happened: the program's clock,
    corrected by the difference to ours, never after `received_at`. `content` holds traits (identify, group) or
    properties.
    """

    pk = models.CompositePrimaryKey("received_at", "id")
    id = models.BigIntegerField(db_default=Func(Value("customers_event_seq"), function="nextval"))
    received_at = models.DateTimeField()
    at = models.DateTimeField()
    source_key = models.CharField(max_length=63)
    message_id = models.CharField(max_length=200)
    type = models.CharField(max_length=10, choices=EventType.choices)
    name = models.CharField(max_length=200, blank=True, default="")
    user_id = models.CharField(max_length=200, blank=True, default="")
    anonymous_id = models.CharField(max_length=200, blank=True, default="")
    group_id = models.CharField(max_length=200, blank=True, default="")
    previous_id = models.CharField(max_length=200, blank=True, default="")
    content = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    customer_ordinal = models.BigIntegerField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    # From the sequence of customers' changes: a build with that watermark holds the event. Set anew when it changes
    # hands.
    applied_seq = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("-received_at", "-id")
        indexes = [
            models.Index(fields=["customer_ordinal", "at"], name="customers_event_of"),
            models.Index(fields=["id"], condition=Q(applied_at=None), name="customers_event_waiting"),
            models.Index(
                fields=["anonymous_id"],
                condition=Q(customer_ordinal=None) & ~Q(anonymous_id=""),
                name="customers_event_nobodys",
            ),
            models.Index(fields=["applied_seq"], name="customers_event_applied"),
            models.Index(fields=["group_id"], condition=~Q(group_id=""), name="customers_event_group"),
            models.Index(fields=["source_key", "message_id"], name="customers_event_message"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class ReceivedMessage(models.Model):
    """A message that was taken, so that its repetition is not. Born with its event, removed with the event's
    retention.
    """

    pk = models.CompositePrimaryKey("source_key", "message_id")
    source_key = models.CharField(max_length=63)
    message_id = models.CharField(max_length=200)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="customers_message_age")]

    def __str__(self) -> str:
        return self.message_id


class Link(models.Model):
    """An id that is another name of a customer: an anonymous id, or an id that was merged into another.

    Born with the event that tells so, told anew when another event tells otherwise. `external_id` is the user's id that
    an anonymous id was last seen with, and the id that names the customer of a former id now (also of that id itself,
    in a row of its own). `clock` is [instant, message id] of what tells so; of a former id when it was last given up
    and, behind that, when it was last named as the new id (empty texts for never): from these follows which id
    survives.
    """

    class Kind(models.TextChoices):
        ANONYMOUS = "anonymous", "Anonymous id"
        ALIAS = "alias", "Former id"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200)
    clock = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=("anonymous", "alias")), name="customers_link_kind"),
            # One name for two customers would give somebody the events of somebody else.
            models.UniqueConstraint(fields=["kind", "name"], name="customers_link_once"),
        ]
        indexes = [models.Index(fields=["external_id"], name="customers_link_to")]

    def __str__(self) -> str:
        return f"{self.name} is {self.external_id}"


class EventProblem(models.Model):
    """What did not fit in events of one source, by key and reason: how often, when, and one example.

    Born with the first such value; `resolved_at` is set when a steward set it aside or it was applied again, and
    cleared by the next one. Removed with the retention of quarantined rows.
    """

    source_key = models.CharField(max_length=63)
    key = models.CharField(max_length=200, blank=True, default="")
    code = models.CharField(max_length=40)
    detail = models.CharField(max_length=500)
    example = models.JSONField(null=True, blank=True)
    example_message_id = models.CharField(max_length=200, blank=True, default="")
    count = models.PositiveBigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    # [received at, id] behind which stored events are still to be applied again; null when they are not, or all were.
    again_from = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("-last_at", "-id")
        constraints = [
            # A row for each event would drown the page that tells of them.
            models.UniqueConstraint(fields=["source_key", "key", "code"], name="customers_problem_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.code}"


class EventExtract(models.Model):
    """A columnar copy of applied events, from which features are computed in bulk. Born complete; can be dropped and
    made again from the events at any time. Holds the events of customers that changed up to `watermark`.
    """

    number = models.PositiveBigIntegerField(unique=True)
    path = models.CharField(max_length=100)
    watermark = models.BigIntegerField()
    columns = models.JSONField(default=dict)
    row_count = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"extract {self.number}"
