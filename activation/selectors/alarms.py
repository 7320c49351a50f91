"""Movements so large that somebody should look whether they are true."""

from datetime import timedelta

from django.urls import reverse

from activation.choices import Kind
from activation.models import Announcement
from common.alarms import Alarm
from common.clock import now

_WINDOW = timedelta(days=7)


def alarms() -> list[Alarm]:
    """The large movements of the last seven days."""
    rows = Announcement.objects.filter(kind=Kind.MOVED, created_at__gt=now() - _WINDOW).order_by("pk")
    return [
        Alarm(
            key=f"moved:{each.pk}",
            kind="shift",
            title=each.sentence[:300],
            url=reverse("taxonomy:segment", args=[each.segment_key]),
            since=each.created_at,
            advice="Look who moved and why: data that broke, a rule that changed, or customers who did change.",
            segment_key=each.segment_key,
        )
        for each in rows
    ]
