"""Meetings and series for client programs."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView
from common.errors import Invalid
from meetings.api.reading import read, whole
from meetings.api.serializers import (
    MeetingIn,
    MeetingLineOut,
    MeetingWholeOut,
    MinutesOut,
    SeriesIn,
    SeriesOut,
)
from meetings.choices import MeetingState
from meetings.selectors import meeting_for, meetings_for, minutes_of, series_for
from meetings.services.planning import begin_series, end_series, plan_meeting


class MeetingsView(DomainView):
    """Meetings."""

    pagination_class = CursorPages
    cursor_ordering = "-starts_at", "-pk"

    @extend_schema(
        operation_id="meetings_list",
        parameters=[
            OpenApiParameter("state", str, enum=MeetingState.values),
            OpenApiParameter("board", str, description="key"),
        ],
        responses=MeetingLineOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Meetings to come and meetings held, the latest first."""
        state, board = request.query_params.get("state", ""), request.query_params.get("board", "")
        if state and state not in MeetingState.values:
            words = f"Choose among {', '.join(MeetingState.values)}."
            raise Invalid(words, code="unknown_choice", pointer="/state")
        rows = meetings_for(viewer=request.user, state=state, board_key=board)
        return self.page(rows, lambda row: MeetingLineOut(row).data)

    @extend_schema(operation_id="meetings_plan", request=MeetingIn, responses={201: MeetingWholeOut})
    def post(self, request: Request) -> Response:
        """Plan one; its agenda is drawn and the members are told."""
        planned = plan_meeting(actor=request.user, **read(MeetingIn, request))
        return whole(request, planned.pk, status.HTTP_201_CREATED)


class MeetingView(DomainView):
    """One meeting."""

    @extend_schema(operation_id="meetings_get", responses=MeetingWholeOut)
    def get(self, request: Request, meeting_id: int) -> Response:
        """The meeting with its agenda, who is there, and what the caller may do."""
        return whole(request, meeting_id)


class MinutesView(DomainView):
    """The minutes of a meeting."""

    @extend_schema(operation_id="meetings_minutes", responses=MinutesOut)
    def get(self, request: Request, meeting_id: int) -> Response:
        """The minutes: those that were frozen when it closed, before that as they stand now."""
        found = meeting_for(viewer=request.user, meeting_id=meeting_id)
        frozen = found.minutes is not None
        shape = {"frozen": frozen, "digest": found.digest, "minutes": found.minutes if frozen else minutes_of(found)}
        return Response(MinutesOut(shape).data)


class SeriesListView(DomainView):
    """Series."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(operation_id="meeting_series_list", responses=SeriesOut(many=True))
    def get(self, request: Request) -> Response:
        """The series that go on, newest first."""
        return self.page(series_for(viewer=request.user), lambda row: SeriesOut(row).data)

    @extend_schema(operation_id="meeting_series_begin", request=SeriesIn, responses={201: SeriesOut})
    def post(self, request: Request) -> Response:
        """Begin one; its meetings are planned two weeks ahead."""
        begun = begin_series(actor=request.user, **read(SeriesIn, request))
        return Response(SeriesOut(begun).data, status=status.HTTP_201_CREATED)


class SeriesEndView(DomainView):
    """Ends a series."""

    @extend_schema(operation_id="meeting_series_end", request=None, responses=SeriesOut)
    def post(self, request: Request, series_id: int) -> Response:
        """End it; meetings that are planned stay planned."""
        return Response(SeriesOut(end_series(actor=request.user, series_id=series_id)).data)
