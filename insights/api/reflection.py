"""Reflection for client programs: predictions with what came of them, calibration, velocity."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView
from insights.choices import ForecastState, Measure
from insights.filters import ForecastFilter
from insights.selectors.forecasts import calibration_by, forecasts_for, judged
from insights.selectors.velocity import PERIODS, velocities


class PredictionOut(serializers.Serializer[Any]):
    """One predicted number, and what came of it."""

    id = serializers.IntegerField()
    request = serializers.IntegerField()
    title = serializers.CharField()
    subject = serializers.CharField(help_text="type:key")
    board = serializers.CharField()
    proposer = serializers.CharField()
    measure = serializers.ChoiceField(choices=Measure.choices)
    basis = serializers.DictField()
    low = serializers.FloatField()
    expected = serializers.FloatField()
    high = serializers.FloatField()
    due_on = serializers.DateField()
    state = serializers.CharField(help_text=f"one of {', '.join(ForecastState.values)}")
    actual = serializers.FloatField(allow_null=True)
    verdict = serializers.CharField(allow_blank=True, help_text="below, inside or above; empty until measured")
    evidence = serializers.CharField(allow_blank=True)


class CalibrationOut(serializers.Serializer[Any]):
    """How well the intervals of one board or person hold; null figures while nothing was measured."""

    key = serializers.CharField()
    count = serializers.IntegerField()
    hit_rate = serializers.FloatField(allow_null=True)
    bias = serializers.FloatField(allow_null=True)
    words = serializers.CharField(allow_blank=True)
    waiting = serializers.IntegerField()
    owed = serializers.IntegerField()


class StageOut(serializers.Serializer[Any]):
    """One stage on the way of requests."""

    name = serializers.CharField()
    count = serializers.IntegerField()
    median_seconds = serializers.FloatField(allow_null=True)
    slow_seconds = serializers.FloatField(allow_null=True)
    share = serializers.FloatField()


class VelocityOut(serializers.Serializer[Any]):
    """The requests of one board (or all, with an empty key) in a period, in figures."""

    board_key = serializers.CharField(allow_blank=True)
    board_name = serializers.CharField()
    begun = serializers.IntegerField()
    open = serializers.IntegerField()
    decided = serializers.IntegerField()
    applied = serializers.IntegerField()
    cycle_seconds = serializers.FloatField(allow_null=True)
    slow_seconds = serializers.FloatField(allow_null=True)
    stages = StageOut(many=True)
    bottleneck = serializers.CharField(allow_null=True)
    rework_rate = serializers.FloatField(allow_null=True)
    defect_rate = serializers.FloatField(allow_null=True)
    emergencies = serializers.IntegerField()


def _prediction(row: Any) -> dict[str, Any]:
    (line,) = judged([row])
    fields = ("id", "title", "measure", "basis", "low", "expected", "high", "due_on", "state", "actual", "evidence")
    return {
        **{name: getattr(row, name) for name in fields},
        "request": row.request_id,
        "subject": f"{row.subject_type}:{row.subject_key}",
        "board": row.board_key,
        "proposer": row.proposer.get_username(),
        "verdict": line.verdict,
    }


class PredictionsView(DomainView):
    """Predictions of applied requests."""

    pagination_class = CursorPages
    cursor_ordering = ("due_on", "id")

    @extend_schema(
        operation_id="predictions_list",
        parameters=[
            OpenApiParameter("state", str, enum=ForecastState.values),
            OpenApiParameter("board", str, description="key"),
            OpenApiParameter("segment", str, description="key"),
        ],
        responses=PredictionOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """What proposers predicted, the next due first."""
        rows = forecasts_for(viewer=request.user, **ForecastFilter(request.query_params).narrowing())
        return self.page(rows, lambda row: PredictionOut(_prediction(row)).data)


class CalibrationView(DomainView):
    """Calibration."""

    pagination_class = CursorPages

    @extend_schema(
        operation_id="calibration",
        parameters=[OpenApiParameter("by", str, enum=["board", "proposer"])],
        responses=CalibrationOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """How well the predictions of boards (or of proposers) hold."""
        field = "proposer" if request.query_params.get("by") == "proposer" else "board_key"
        rows = [
            {
                "key": each.key,
                "count": each.calibration.count if each.calibration else 0,
                "hit_rate": each.calibration.hit_rate if each.calibration else None,
                "bias": each.calibration.bias if each.calibration else None,
                "words": each.calibration.words if each.calibration else "",
                "waiting": each.waiting,
                "owed": each.owed,
            }
            for each in calibration_by(field, viewer=request.user)
        ]
        return self.page(rows, lambda row: CalibrationOut(row).data)


class VelocityView(DomainView):
    """Velocity."""

    pagination_class = CursorPages

    @extend_schema(
        operation_id="velocity",
        parameters=[OpenApiParameter("days", int, enum=list(PERIODS))],
        responses=VelocityOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Cycle time by stage, rework and defects, by board."""
        asked = request.query_params.get("days", "")
        days = next((each for each in PERIODS if str(each) == asked), 90)
        rows = [
            asdict(row) | {"bottleneck": row.bottleneck.name if row.bottleneck else None}
            for row in velocities(viewer=request.user, days=days)
        ]
        return self.page(rows, lambda row: VelocityOut(row).data)
