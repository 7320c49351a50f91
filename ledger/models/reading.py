"""Who read what is personal: one row per reading, and counters for what programs look up by the thousand."""

from django.db import models


class Reading(models.Model):
    """One reading of personal data by somebody: a page, a list, a file, or a minute of look-ups by a program.

    Born after the answer was given; the database sets its time and refuses to change or remove it. Each minute the
    new rows are sealed: their digest becomes an entry of the chain.
    """

    at = models.DateTimeField(null=True, editable=False)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    what = models.CharField(max_length=60, help_text="What was read, in words.")
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)
    correlation_id = models.UUIDField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["object_type", "object_key", "-id"], name="ledger_reading_object"),
            models.Index(fields=["actor_name", "-id"], name="ledger_reading_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} read {self.what} {self.object_key}"


class Lookup(models.Model):
    """How often one program asked for one thing within one minute.

    Born with the first question of the minute; becomes a reading, and is removed, when the minute is over.
    """

    minute = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    what = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            # Without it the questions of one minute would be spread over rows that nobody adds up.
            models.UniqueConstraint(
                fields=["minute", "actor_name", "what", "object_type", "object_key"], name="ledger_lookup_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} asked {self.count} times for {self.what}"
