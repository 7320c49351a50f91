"""What aims contribute to the home page, the search and the pages of segments."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from aims import policies
from aims.selectors.journeys import journeys_for, moments_of_segment
from aims.selectors.releases import unread_by
from common.panels import HomeItem, HomePanel
from common.search import SearchHit
from common.uses import Use
from taxonomy.selectors import awaiting


def home_panels(viewer: Any) -> list[HomePanel]:
    """What wants the viewer's signature, and the releases that they have not read."""
    if not policies.aims.can(viewer, "view"):
        return []
    wanted = [
        HomeItem(each.name, reverse("taxonomy:objective", args=[each.key]), "Your function has not signed it yet")
        for each in awaiting(viewer)
    ]
    unread = [
        HomeItem(
            f"Release {each.number}: {each.title}",
            reverse("aims:release", args=[each.number]),
            "Read it and confirm that you have",
            at=each.published_at,
        )
        for each in unread_by(viewer)[:5]
    ]
    items = [*wanted, *unread]
    return [HomePanel("aims", "Aims that wait for you", 25, items, "")] if items else []


def search(viewer: Any, text: str, limit: int = 10) -> list[SearchHit]:
    """Journeys whose name, stages or moments hold the text."""
    wanted = text.strip()
    if not wanted:
        return []
    found = journeys_for(viewer=viewer).filter(Q(name__icontains=wanted) | Q(content__icontains=wanted))
    return [
        SearchHit(
            "Journey",
            version.name,
            f"{len(version.content['stages'])} stages, {len(version.content['moments'])} moments of truth",
            reverse("aims:journey", args=[version.journey.key]),
            0.8 if wanted.casefold() in version.name.casefold() else 0.3,
        )
        for version in found[:limit]
    ]


def segment_uses(segment_key: str) -> list[Use]:
    """The moments of truth that the segment serves."""
    return [
        Use(
            "Moment of truth",
            f"{moment.name} ({moment.journey_name})",
            reverse("aims:journey", args=[moment.journey_key]),
        )
        for moment in moments_of_segment(segment_key)
    ]
