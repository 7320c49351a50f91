"""What people owe besides votes: reviews of emergencies, for the inbox."""

from typing import Any

from django.urls import reverse

from common.clock import now
from common.panels import HomeItem
from reviews.selectors.emergencies import owed, review_refusal

AT_MOST = 20


def reviews_owed(viewer: Any) -> list[HomeItem]:
    """The reviews of emergencies that the person may hold, the first due first."""
    rows = owed().order_by("retro_due_at", "pk")[:AT_MOST]
    moment = now()
    return [
        HomeItem(
            title=f"Review of an emergency: {row.request.title}",
            url=reverse("reviews:request", args=[row.request_id]),
            detail="It took effect without the board.",
            at=row.used_at,
            urgent=row.retro_due_at is not None and row.retro_due_at <= moment,
        )
        for row in rows
        if review_refusal(viewer, row) is None
    ]
