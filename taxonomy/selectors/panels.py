"""What the taxonomy contributes to the home page, the search and the pages of attributes."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from common.clock import now
from common.panels import HomeItem, HomePanel
from common.search import SearchHit
from common.uses import Use
from taxonomy import policies
from taxonomy.choices import VersionState
from taxonomy.models import SegmentVersion
from taxonomy.selectors.glossary import glossary
from taxonomy.selectors.glossary_lists import found_in
from taxonomy.selectors.objectives import objectives_for
from taxonomy.selectors.review_dates import review_dates
from taxonomy.selectors.word_uses import url_of

_SHOWN = 8


def _in_force() -> QuerySet[SegmentVersion]:
    return SegmentVersion.objects.filter(state=VersionState.ACTIVE).select_related("segment", "objective")


def home_panels(viewer: Any) -> list[HomePanel]:
    """The segments that the viewer answers for, oldest change first; nobody else gets the panel."""
    mine = (
        _in_force()
        .filter(
            Q(data_owner=viewer) | Q(definition_owner=viewer) | Q(outcome_owner=viewer),
            segment__in=policies.segments.visible(viewer),
        )
        .order_by("enacted_at")
    )
    total = mine.count()
    if not total:
        return []
    shown = list(mine[:_SHOWN])
    due = review_dates([version.segment.key for version in shown])
    items = [_health(version, due.get(version.segment.key)) for version in shown]
    return [
        HomePanel(
            key="my-segments",
            title="Health of my segments",
            order=40,
            items=items,
            empty="You answer for no segment yet.",
            url=f"{reverse('taxonomy:tree')}?owner=me",
            total=total,
        )
    ]


def _health(version: SegmentVersion, review_by: date | None) -> HomeItem:
    overdue = review_by is not None and review_by < now().date()
    return HomeItem(
        title=version.name,
        url=reverse("taxonomy:segment", args=[version.segment.key]),
        detail=f"Version {version.number} is in force",
        at=version.enacted_at,
        badge="Review overdue" if overdue else None,
        urgent=overdue,
    )


def search(viewer: Any, text: str, limit: int = 10) -> list[SearchHit]:
    """Segments in use, objectives and governed words whose name or meaning holds the text; better names first."""
    wanted = text.strip()
    if not wanted:
        return []
    segments = _in_force().filter(
        Q(name__icontains=wanted) | Q(segment__key__icontains=wanted) | Q(meaning__icontains=wanted),
        segment__in=policies.segments.visible(viewer),
    )
    hits = [
        SearchHit(
            "Segment",
            each.name,
            each.meaning,
            reverse("taxonomy:segment", args=[each.segment.key]),
            _score(each.name, wanted),
        )
        for each in segments[: 5 * limit]
    ]
    objectives = objectives_for(viewer=viewer).filter(Q(name__icontains=wanted) | Q(metric__icontains=wanted))
    hits += [
        SearchHit(
            "Objective",
            each.name,
            each.metric,
            reverse("taxonomy:objective", args=[each.key]),
            _score(each.name, wanted) - 0.1,
        )
        for each in objectives[:limit]
    ]
    hits += _words_found(viewer, wanted)[: 5 * limit]
    return sorted(hits, key=lambda hit: (-hit.score, hit.title))[:limit]


def _words_found(viewer: Any, wanted: str) -> list[SearchHit]:
    if not policies.definitions.can(viewer, "view"):
        return []
    return [
        SearchHit(
            word.type.capitalize(), word.name, word.summary, url_of(word.type, word.key), _score(word.name, wanted)
        )
        for word in glossary().live()
        if found_in(word, wanted)
    ]


def _score(name: str, wanted: str) -> float:
    """How well a name answers, 0 to 1: equal, begins with it, has it, has it elsewhere."""
    plain, sought = name.casefold(), wanted.casefold()
    if plain == sought:
        return 1.0
    return 0.8 if plain.startswith(sought) else 0.6 if sought in plain else 0.3


def attribute_uses(attribute_key: str) -> list[Use]:
    """The segments in use whose own rule reads this attribute, by name."""
    found = _in_force().filter(attribute_keys__contains=[attribute_key]).order_by("name")
    return [Use("Segment", each.name, reverse("taxonomy:segment", args=[each.segment.key])) for each in found]
