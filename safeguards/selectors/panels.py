"""What freezes contribute to the home page."""

from typing import Any

from django.urls import reverse

from common.panels import HomeItem, HomePanel
from safeguards.selectors.freezes import freezes_for

_SHOWN = 6


def home_panels(viewer: Any) -> list[HomePanel]:
    """What stands still now, for everybody; no panel while nothing does."""
    rows = freezes_for(viewer=viewer, state="in_force")
    shown = list(rows[:_SHOWN])
    if not shown:
        return []
    items = [
        HomeItem(
            title=f"{each.get_scope_display()} {each.key}".rstrip(),
            url=reverse("safeguards:freezes"),
            detail=each.reason,
            at=each.at,
            badge="Frozen",
            urgent=True,
        )
        for each in shown
    ]
    total = len(shown) if len(shown) < _SHOWN else rows.count()
    url = reverse("safeguards:freezes")
    return [HomePanel("freezes", "Frozen now", 4, items, "", url, tone="warn", total=total)]
