"""The taking effect of requests for client programs: the way back, emergencies, blackouts, the calendar."""

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView, StrictSerializer
from common.clock import now
from reviews.api.inputs import NothingIn
from reviews.api.serializers import RequestDetailOut
from reviews.api.shapes import detail_shape
from reviews.models import Blackout
from reviews.selectors import detail_for
from reviews.selectors.blackouts import coming_blackouts
from reviews.selectors.calendar import entries
from reviews.services.blackouts import announce_blackout, cancel_blackout
from reviews.services.emergencies import arm_emergency, use_emergency
from reviews.services.retro import VERDICTS, hold_retro
from reviews.services.rollbacks import prepare_rollback

MOST_DAYS = 366


class ArmIn(StrictSerializer):
    """The first click past the board."""

    reason = serializers.CharField()
    digest = serializers.CharField(help_text="the digest of the request as you read it")


class UseIn(StrictSerializer):
    """The second click past the board."""

    digest = serializers.CharField(help_text="the same digest")


class RetroIn(StrictSerializer):
    """The review of an emergency."""

    verdict = serializers.CharField(help_text=f"one of {', '.join(VERDICTS)}")
    notes = serializers.CharField()


class BlackoutIn(StrictSerializer):
    """A time in which nothing takes effect."""

    board = serializers.CharField(required=False, allow_blank=True, default="", help_text="key; empty: everything")
    name = serializers.CharField()
    reason = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class BlackoutOut(serializers.Serializer[Any]):
    """A blackout that has not ended."""

    id = serializers.IntegerField()
    board = serializers.SerializerMethodField()
    name = serializers.CharField()
    reason = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    set_by = serializers.CharField(source="set_by.username")

    def get_board(self, row: Blackout) -> str:
        """The key of its board, empty where it stops everything."""
        return row.board.key if row.board else ""


class CalendarEntryOut(serializers.Serializer[Any]):
    """One dated thing."""

    kind = serializers.ChoiceField(choices=["effective", "blackout", "due", "expiry"])
    at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    title = serializers.CharField()
    note = serializers.CharField()
    url = serializers.CharField()
    board = serializers.CharField()


def _read(serializer: type[Any], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _detail(request: Request, request_id: int, code: int = status.HTTP_200_OK) -> Response:
    found = detail_for(viewer=request.user, request_id=request_id)
    return Response(RequestDetailOut(detail_shape(found, request.user)).data, status=code)


class RollbackView(DomainView):
    """The way back of an applied request."""

    @extend_schema(operation_id="change_requests_rollback", request=NothingIn, responses={201: RequestDetailOut})
    def post(self, request: Request, request_id: int) -> Response:
        """A draft that takes it back, written against what is live today; the one that is open already, if any."""
        _read(NothingIn, request)
        made = prepare_rollback(actor=request.user, request_id=request_id)
        return _detail(request, made.pk, status.HTTP_201_CREATED)


class ArmView(DomainView):
    """The first click past the board."""

    @extend_schema(operation_id="change_requests_arm", request=ArmIn, responses=RequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Arm it for this very wording, with the reason; nothing takes effect yet."""
        arm_emergency(actor=request.user, request_id=request_id, **_read(ArmIn, request))
        return _detail(request, request_id)


class BreakGlassView(DomainView):
    """The second click past the board."""

    @extend_schema(operation_id="change_requests_break_glass", request=UseIn, responses=RequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Put it into effect now; the board and the auditors are told, and a review is owed."""
        use_emergency(actor=request.user, request_id=request_id, **_read(UseIn, request))
        return _detail(request, request_id)


class RetroView(DomainView):
    """The review of an emergency."""

    @extend_schema(operation_id="change_requests_retro", request=RetroIn, responses=RequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Confirm it, or have its way back put before the board."""
        hold_retro(actor=request.user, request_id=request_id, **_read(RetroIn, request))
        return _detail(request, request_id)


class BlackoutListView(DomainView):
    """Blackouts."""

    pagination_class = CursorPages
    cursor_ordering = "starts_at", "pk"

    @extend_schema(operation_id="blackouts_list", responses=BlackoutOut(many=True))
    def get(self, request: Request) -> Response:
        """The blackouts that have not ended, in their order."""
        return self.page(coming_blackouts(), lambda row: BlackoutOut(row).data)

    @extend_schema(operation_id="blackouts_create", request=BlackoutIn, responses={201: BlackoutOut})
    def post(self, request: Request) -> Response:
        """Announce one."""
        given = _read(BlackoutIn, request)
        made = announce_blackout(actor=request.user, board_key=given.pop("board"), **given)
        return Response(BlackoutOut(made).data, status=status.HTTP_201_CREATED)


class BlackoutView(DomainView):
    """One blackout."""

    @extend_schema(operation_id="blackouts_cancel", request=None, responses={204: None})
    def delete(self, request: Request, blackout_id: int) -> Response:
        """Cancel it; it stays on record."""
        cancel_blackout(actor=request.user, blackout_id=blackout_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CalendarView(DomainView):
    """What is coming."""

    pagination_class = CursorPages

    @extend_schema(
        operation_id="governance_calendar",
        parameters=[OpenApiParameter("days", int, description="how many days ahead, at most 366")],
        responses=CalendarEntryOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Effective dates, blackouts, due dates and expiries, from now on."""
        asked = request.query_params.get("days", "60")
        days = min(int(asked), MOST_DAYS) if asked.isdecimal() and len(asked) < 5 else 60
        found = entries(request.user, now(), now() + timedelta(days=days))
        return self.page(list(found), lambda row: CalendarEntryOut(row).data)
