"""What came of decisions: what later requests took back, and what the apps above have measured."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from common.providers import providers
from reviews.choices import State
from reviews.models import ChangeRequest


@dataclass(frozen=True)
class Came:
    """One thing that came of a decision: a verdict in a word with its tone ("good", "bad", "wait"), and a sentence."""

    verdict: str
    tone: str
    text: str
    url: str = ""


def results_of(viewer: Any, numbers: Iterable[int]) -> dict[int, list[Came]]:
    """By request, what came of it for the viewer's eyes; a constant number of queries."""
    asked = list(numbers)
    found: dict[int, list[Came]] = {number: [] for number in asked}
    for provider in providers("OUTCOMES") if asked else ():
        for number, came in provider(viewer, asked).items():
            found[number] += came
    rows = ChangeRequest.objects.filter(rolls_back_id__in=asked, state=State.APPLIED).order_by("pk")
    for row in rows:
        text = f"By request #{row.pk}: {row.rationale[:200]}"
        came = Came("Taken back", "bad", text, reverse("reviews:request", args=[row.pk]))
        found[row.rolls_back_id or 0].append(came)
    return found
