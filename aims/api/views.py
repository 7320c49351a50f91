"""Aims for client programs: journeys, priorities, use, releases, actuals and efforts."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from aims import policies, selectors
from aims.api import serializers as shapes
from aims.choices import UNUSED_DAYS
from aims.selectors.efforts import efforts_of
from aims.services.efforts import record_effort, set_weights
from aims.services.measuring import enter_actual, measure_objective
from aims.services.releasing import confirm_reading, publish_release
from common.api import CursorPages, DomainView
from common.errors import Invalid
from taxonomy.selectors import objective_for, segment_for


class JourneyListView(DomainView):
    """The journeys."""

    pagination_class = CursorPages
    cursor_ordering = ("name", "pk")

    @extend_schema(operation_id="journeys_list", responses=shapes.JourneyOut(many=True))
    def get(self, request: Request) -> Response:
        """All journeys in use, by name."""
        policies.aims.require(request.user, "view")
        return self.page(selectors.journeys_for(viewer=request.user), lambda each: shapes.JourneyOut(each).data)


class JourneyView(DomainView):
    """One journey."""

    @extend_schema(operation_id="journeys_retrieve", responses=shapes.JourneyOut)
    def get(self, request: Request, key: str) -> Response:
        """The version in force, or the last one of a retired journey."""
        return Response(shapes.JourneyOut(selectors.journey_for(viewer=request.user, key=key)).data)


class MomentListView(DomainView):
    """The moments of truth."""

    @extend_schema(operation_id="moments_list", responses=shapes.MomentOfTruthOut(many=True))
    def get(self, request: Request) -> Response:
        """All moments of truth in force, journey by journey."""
        policies.aims.require(request.user, "view")
        return Response({"results": shapes.MomentOfTruthOut(selectors.moments(), many=True).data})


class PriorityListView(DomainView):
    """The priorities of segments."""

    @extend_schema(
        operation_id="priorities_list",
        parameters=[OpenApiParameter("sort", str, description="score, name, or an input")],
        responses=shapes.PrioritiesOut,
    )
    def get(self, request: Request) -> Response:
        """All segments, best first, with what each rank rests on."""
        policies.aims.require(request.user, "view")
        order = request.query_params.get("sort", "score")
        return Response(shapes.PrioritiesOut(selectors.priorities_for(viewer=request.user, order=order)).data)


class WeightsView(DomainView):
    """What counts how much in a priority."""

    @extend_schema(operation_id="priority_weights_retrieve", responses=shapes.WeightsOut)
    def get(self, request: Request) -> Response:
        """The weights in force."""
        policies.aims.require(request.user, "view")
        return Response(shapes.WeightsOut(selectors.weights_in_force()).data)

    @extend_schema(operation_id="priority_weights_set", request=shapes.WeightsIn, responses=shapes.WeightsOut)
    def post(self, request: Request) -> Response:
        """Set a new version of the weights, with a reason."""
        policies.aims.require(request.user, "weigh")
        asked = shapes.WeightsIn(data=request.data)
        asked.is_valid(raise_exception=True)
        set_weights(actor=request.user, **asked.validated_data)
        return Response(shapes.WeightsOut(selectors.weights_in_force()).data, status=status.HTTP_201_CREATED)


class UsageListView(DomainView):
    """How much segments are used."""

    @extend_schema(operation_id="usage_list", parameters=[OpenApiParameter("days", int)], responses=shapes.UsagesOut)
    def get(self, request: Request) -> Response:
        """All segments in use, the least used first."""
        policies.aims.require(request.user, "view")
        given = request.query_params.get("days", str(UNUSED_DAYS))
        if not given.isdecimal() or not 1 <= int(given[:9]) <= 3650:
            raise Invalid("Ask for 1 to 3,650 days.", code="out_of_range", pointer="/days")
        rows = selectors.usage_for(viewer=request.user, days=int(given))
        return Response(shapes.UsagesOut({"results": rows, "days": int(given)}).data)


class ReleaseListView(DomainView):
    """The releases of the taxonomy."""

    pagination_class = CursorPages
    cursor_ordering = "-number"

    @extend_schema(operation_id="releases_list", responses=shapes.ReleaseOut(many=True))
    def get(self, request: Request) -> Response:
        """All announcements, newest first."""
        return self.page(selectors.releases_for(viewer=request.user), lambda each: shapes.ReleaseOut(each).data)

    @extend_schema(operation_id="releases_publish", request=shapes.ReleaseIn, responses={201: shapes.ReleaseOut})
    def post(self, request: Request) -> Response:
        """Publish an announcement with what has changed since the last."""
        policies.aims.require(request.user, "publish")
        asked = shapes.ReleaseIn(data=request.data)
        asked.is_valid(raise_exception=True)
        number = publish_release(actor=request.user, **asked.validated_data).number
        found = selectors.release_for(viewer=request.user, number=number)
        return Response(shapes.ReleaseOut(found).data, status=status.HTTP_201_CREATED)


class ReleaseView(DomainView):
    """One release."""

    @extend_schema(operation_id="releases_retrieve", responses=shapes.ReleaseOut)
    def get(self, request: Request, number: int) -> Response:
        """The announcement of that number."""
        return Response(shapes.ReleaseOut(selectors.release_for(viewer=request.user, number=number)).data)


class ReceiptView(DomainView):
    """Having read a release."""

    @extend_schema(operation_id="releases_read", request=None, responses=shapes.ReleaseOut)
    def post(self, request: Request, number: int) -> Response:
        """Say that the caller has read it; a second time changes nothing."""
        confirm_reading(actor=request.user, number=number)
        return Response(shapes.ReleaseOut(selectors.release_for(viewer=request.user, number=number)).data)


class ActualListView(DomainView):
    """Target and actual of an objective."""

    @extend_schema(operation_id="objective_actuals_list", responses=shapes.ProgressesOut)
    def get(self, request: Request, key: str) -> Response:
        """How far the objective has come, for each segment that serves it."""
        lines = selectors.progress_lines_for(viewer=request.user, key=key)
        return Response(shapes.ProgressesOut({"results": lines}).data)

    @extend_schema(operation_id="objective_actuals_enter", request=shapes.ActualIn, responses={201: shapes.ActualOut})
    def post(self, request: Request, key: str) -> Response:
        """Enter where the metric stood, with evidence, as the owner of the objective."""
        objective_for(viewer=request.user, key=key)
        asked = shapes.ActualIn(data=request.data)
        asked.is_valid(raise_exception=True)
        row = enter_actual(actor=request.user, key=key, **asked.validated_data)
        return Response(shapes.ActualOut(row).data, status=status.HTTP_201_CREATED)


class MeasureView(DomainView):
    """Measuring an objective."""

    @extend_schema(operation_id="objectives_measure", request=None, responses=shapes.MeasuredOut)
    def post(self, request: Request, key: str) -> Response:
        """Measure the actual over the newest members; what stands already is not measured again."""
        objective_for(viewer=request.user, key=key)
        return Response({"recorded": measure_objective(actor=request.user, key=key)})


class EffortListView(DomainView):
    """What was spent on a segment."""

    @extend_schema(operation_id="segment_efforts_list", responses=shapes.EffortsOut)
    def get(self, request: Request, key: str) -> Response:
        """All efforts that count, the newest period first."""
        segment_for(viewer=request.user, key=key)
        return Response(shapes.EffortsOut({"results": efforts_of(key)}).data)

    @extend_schema(operation_id="segment_efforts_record", request=shapes.EffortIn, responses={201: shapes.EffortOut})
    def post(self, request: Request, key: str) -> Response:
        """Record what was spent in a period."""
        segment_for(viewer=request.user, key=key)
        asked = shapes.EffortIn(data=request.data)
        asked.is_valid(raise_exception=True)
        effort = record_effort(actor=request.user, segment_key=key, **asked.validated_data)
        return Response(shapes.EffortOut(effort).data, status=status.HTTP_201_CREATED)
