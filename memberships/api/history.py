"""The past for client programs: a customer's moves, and what made a segment move."""

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from common.clock import now
from common.errors import Invalid
from memberships import selectors
from memberships.api import parameters
from memberships.choices import Cause
from taxonomy.selectors import segment_for

_SINCE = OpenApiParameter("since", str, description="ISO 8601 instant")
_UNTIL = OpenApiParameter("until", str, description="ISO 8601 instant; now when left out")
_USUAL = timedelta(days=30)


class TimelineRowOut(serializers.Serializer[Any]):
    """One time that the customer entered or left a segment."""

    at = serializers.DateTimeField()
    move = serializers.SerializerMethodField()
    segment = serializers.CharField(source="segment_key")
    name = serializers.CharField(source="segment_name")
    cause = serializers.ChoiceField(choices=Cause.choices)
    why = serializers.CharField(help_text="goes on after “because”; masked by the rights of the caller")
    version = serializers.IntegerField(source="version_number")
    previous_version = serializers.IntegerField(source="previous_version_number", allow_null=True)
    run = serializers.IntegerField(source="run_id")

    def get_move(self, row: selectors.TimelineRow) -> str:
        return "entered" if row.entered else "left"


class TimelineOut(serializers.Serializer[Any]):
    """Moves of one customer, newest first."""

    customer = serializers.CharField()
    results = TimelineRowOut(many=True)
    next = serializers.URLField(allow_null=True)


class TimelineView(DomainView):
    """The moves of one customer."""

    @extend_schema(
        operation_id="customers_timeline",
        parameters=[
            OpenApiParameter("segment", str, description="key; all when left out"),
            OpenApiParameter("cause", str, enum=Cause.values, description="any when left out"),
            _SINCE,
            _UNTIL,
            OpenApiParameter("cursor", str, description="opaque; from `next`"),
            OpenApiParameter("limit", int, description=f"1 to {parameters.MOST}; {parameters.USUAL} when left out"),
        ],
        responses=TimelineOut,
    )
    def get(self, request: Request, external_id: str) -> Response:
        """Entered and left, newest first, each with cause, the two versions and the run."""
        (before,) = parameters.cursor(request, length=1) or (None,)
        page = selectors.timeline_of(
            viewer=request.user,
            external_id=external_id,
            wanted=_wanted(request),
            before=before,
            limit=parameters.limit(request),
        )
        onward = parameters.next_url(request, None if page.next is None else (page.next,))
        return Response(TimelineOut({"customer": page.external_id, "results": page.rows, "next": onward}).data)


def _wanted(request: Request) -> selectors.TimelineFilter:
    cause = request.query_params.get("cause", "")
    if cause and cause not in Cause.values:
        raise Invalid(f"Causes are {', '.join(Cause.values)}.", code="unknown_cause", pointer="/cause")
    return selectors.TimelineFilter(
        segment_key=request.query_params.get("segment", ""),
        cause=cause,
        since=parameters.instant(request, "since"),
        until=parameters.instant(request, "until"),
    )


class CauseMovesOut(serializers.Serializer[Any]):
    """How many entered and left for one cause; whoever moved twice counts twice."""

    cause = serializers.ChoiceField(choices=Cause.choices)
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    net = serializers.IntegerField()


class EndOut(serializers.Serializer[Any]):
    """The size at one end of the period; version and run are null before the first computation."""

    at = serializers.DateTimeField()
    size = serializers.IntegerField()
    version = serializers.IntegerField(source="version_number", allow_null=True)
    run = serializers.IntegerField(source="run_id", allow_null=True)


class MovementOut(serializers.Serializer[Any]):
    """What made the size move; the nets of the causes sum to `net`, the difference of the two sizes."""

    segment = serializers.CharField()
    before = EndOut()
    after = EndOut()
    net = serializers.IntegerField()
    causes = CauseMovesOut(many=True)


class MovementView(DomainView):
    """What made one segment move."""

    @extend_schema(operation_id="segments_movement", parameters=[_SINCE, _UNTIL], responses=MovementOut)
    def get(self, request: Request, key: str) -> Response:
        """The size at both ends of a period and the moves between them, by cause."""
        segment = segment_for(viewer=request.user, key=key)
        until = parameters.instant(request, "until") or now()
        since = parameters.instant(request, "since") or until - _USUAL
        found = selectors.movement(segment.key, since, until)
        shape = {"before": found.before, "after": found.after, "net": found.net, "causes": found.rows}
        return Response(MovementOut({"segment": segment.key, **shape}).data)
