"""How segments were assessed, and where that goes."""

from dataclasses import dataclass

from django.db.models import QuerySet

from stewardship.models import Assessment, Review

CRITERIA = (
    ("journeys", "Customer journeys"),
    ("fit", "Fit of product and market"),
    ("competition", "Competition"),
)


@dataclass(frozen=True)
class Trend:
    """One criterion over time, oldest first; `change` is newest less the one before, None with one alone."""

    name: str
    label: str
    scores: tuple[int, ...]
    change: int | None

    @property
    def latest(self) -> int:
        """The newest score."""
        return self.scores[-1]


def assessments_of(segment_key: str) -> QuerySet[Assessment]:
    """How the segment was assessed, newest first."""
    return Assessment.objects.filter(segment_key=segment_key).select_related("by")


def trends_of(segment_key: str) -> list[Trend]:
    """The three criteria over time; empty where nobody assessed yet."""
    rows = list(assessments_of(segment_key).order_by("at", "id"))
    if not rows:
        return []
    return [_trend(name, label, tuple(getattr(row, name) for row in rows)) for name, label in CRITERIA]


def _trend(name: str, label: str, scores: tuple[int, ...]) -> Trend:
    return Trend(name, label, scores, scores[-1] - scores[-2] if len(scores) > 1 else None)


def reviews_of(type_: str, key: str) -> QuerySet[Review]:
    """When the thing was found right, newest first."""
    return Review.objects.filter(type=type_, key=key).select_related("by")
