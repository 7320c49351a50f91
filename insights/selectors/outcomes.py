"""What came of decisions, for the pages that show where a rule comes from."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from insights.choices import ForecastState, Measure
from insights.models import Forecast
from insights.selectors.forecasts import Judged, forecasts_for, judged
from reviews.selectors.outcomes import Came

_VERDICTS = {"inside": "As predicted", "below": "Less than predicted", "above": "More than predicted"}
_TONES = {ForecastState.OWED: "bad", ForecastState.WAITING: "wait", ForecastState.VOID: "wait"}


def outcomes_of(viewer: Any, request_ids: Sequence[int]) -> dict[int, list[Came]]:
    """By request, each predicted number with what was measured, or with what is still missing; one query."""
    rows = forecasts_for(viewer=viewer).filter(request_id__in=request_ids)
    found: dict[int, list[Came]] = {}
    for each in judged(rows):
        found.setdefault(each.forecast.request_id, []).append(_came(each))
    return found


def _came(each: Judged) -> Came:
    row = each.forecast
    verdict = _VERDICTS.get(each.verdict) or str(row.get_state_display())
    tone = each.tone if each.verdict else _TONES[ForecastState(row.state)]
    return Came(verdict, tone, _sentence(row), reverse("insights:decision", args=[row.request_id]))


def _sentence(row: Forecast) -> str:
    said = (
        f"{_noun(row)} predicted for {row.due_on:%-d %B %Y}: {row.expected:,g}, between {row.low:,g} and {row.high:,g}"
    )
    return f"{said}; it was {row.actual:,.6g}." if row.actual is not None else f"{said}."


def _noun(row: Forecast) -> str:
    if row.measure == Measure.VALUE:
        return f"Mean of {row.basis.get('attribute', 'the value')}"
    return str(row.basis.get("metric", "Outcome")) if row.measure == Measure.OUTCOME else "Size"
