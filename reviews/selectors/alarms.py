"""Assumptions that no longer hold and that nobody has looked at."""

from django.urls import reverse

from common.alarms import Alarm
from reviews.choices import AssumptionReview
from reviews.models import Assumption


def alarms() -> list[Alarm]:
    """One for each time that an assumption left its band, until somebody has looked at it."""
    rows = Assumption.objects.filter(ended_at__isnull=True, review=AssumptionReview.OPEN, left_at__isnull=False)
    return [
        Alarm(
            key=f"assumption:{row.pk}:{row.left_at:%Y%m%d%H%M%S}",
            kind="assumption",
            title=f"No longer holds: {row.text}"[:300],
            url=reverse("reviews:request", args=[row.request_id]),
            since=row.left_at or row.created_at,
            advice="Look whether the change that rests on it should stand, and say so on its request.",
            segment_key=row.segment_key,
        )
        for row in rows.order_by("pk")
    ]
