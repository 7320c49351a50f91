"""The builds that are kept for looking back."""

from django.db import models


class MonthEnd(models.Model):
    """One profile build that stands for the last instant of a month (UTC), kept beyond the retention of builds.

    Born when the month turns, or when history is brought in from outside (`note` says from where); closed by removal
    when a year of newer ones is kept.
    """

    on = models.DateField(unique=True)
    build = models.OneToOneField("customers.ProfileBuild", on_delete=models.PROTECT, related_name="month_end")
    note = models.CharField(max_length=200, blank=True, default="")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ("-on",)

    def __str__(self) -> str:
        return f"customers at the end of {self.on:%B %Y}"
