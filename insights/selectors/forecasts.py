"""Reading predictions and what came of them: the learning log and calibration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from insights.choices import ForecastState
from insights.measures import Calibration, Forecasted, calibration, verdict_of
from insights.models import Forecast
from reviews.selectors import requests_for
from reviews.selectors.boards import board_names
from taxonomy.selectors.definitions import metric


@dataclass(frozen=True)
class Judged:
    """One prediction with its verdict in words."""

    forecast: Forecast
    verdict: str

    @property
    def tone(self) -> str:
        return {"inside": "good", "": "wait"}.get(self.verdict, "bad")


@dataclass(frozen=True)
class Standing:
    """The calibration of one owner or one board."""

    key: str
    name: str
    calibration: Calibration | None
    waiting: int
    owed: int


def basis_of(measure: str, predicted: Mapping[str, Any]) -> dict[str, Any]:
    """What the number is measured by, fixed now: the attribute, or the metric with the version of its definition."""
    if measure == "value":
        return {"attribute": predicted["attribute"]}
    if measure != "outcome":
        return {}
    named = str(predicted["metric"])
    known = metric(named)
    return {"metric": named, "version": known.version} if known else {"metric": named}


def forecasts_for(*, viewer: Any, state: str = "", board: str = "", segment: str = "") -> QuerySet[Forecast]:
    """The predictions of requests that the viewer may see, the next due first."""
    rows = Forecast.objects.select_related("proposer", "measured_by").filter(
        request_id__in=requests_for(viewer=viewer).order_by().values("pk")
    )
    if state in ForecastState.values:
        rows = rows.filter(state=state)
    if board:
        rows = rows.filter(board_key=board)
    return rows.filter(subject_type="segment", subject_key=segment) if segment else rows


def judged(rows: Any) -> list[Judged]:
    """The predictions with their verdicts."""
    return [Judged(row, verdict_of(row.low, row.high, row.actual) if row.actual is not None else "") for row in rows]


def calibration_by(field: str, *, viewer: Any) -> list[Standing]:
    """Calibration by `board_key` or by `proposer`, those with most predictions first."""
    groups: dict[str, list[Forecast]] = {}
    names: dict[str, str] = dict(board_names()) if field == "board_key" else {}
    for row in forecasts_for(viewer=viewer):
        key = row.board_key if field == "board_key" else row.proposer.get_username()
        names.setdefault(key, key if field == "board_key" else str(row.proposer))
        groups.setdefault(key, []).append(row)
    found = [_standing(key, names[key], rows) for key, rows in groups.items()]
    return sorted(found, key=lambda each: (-(each.calibration.count if each.calibration else 0), each.key))


def _standing(key: str, name: str, rows: list[Forecast]) -> Standing:
    settled = [Forecasted(row.low, row.expected, row.high, row.actual) for row in rows if row.actual is not None]
    return Standing(
        key,
        name,
        calibration(settled),
        sum(row.state == ForecastState.WAITING for row in rows),
        sum(row.state == ForecastState.OWED for row in rows),
    )
