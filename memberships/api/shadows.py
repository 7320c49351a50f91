"""The shadow lane for client programs: candidates that run beside the rules in force."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView, StrictSerializer
from common.errors import Invalid
from memberships.models import Shadow
from memberships.policies import MembershipPolicy
from memberships.selectors.shadows import (
    HIDDEN,
    ShownShadow,
    shadow_by_id,
    shadow_record,
    shadows_for,
    shown_shadow,
)
from memberships.services.shadows import LONGEST_DAYS, USUAL_DAYS, start_shadow, stop_shadow

STATES = ("running", "ended")
_COUNT = "a number, “fewer than 5”, “not shown”, or null where it could not be counted"


class ShadowIn(StrictSerializer):
    """A candidate to run."""

    segment = serializers.CharField(
        source="segment_key", max_length=63, required=False, allow_blank=True, default="", help_text="key"
    )
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent_key",
        max_length=63,
        required=False,
        allow_blank=True,
        default="",
        help_text="for one that may come: key of the segment above it",
    )
    name = serializers.CharField(max_length=120)
    rule = serializers.CharField(max_length=20_000, help_text="text of the rule")
    days = serializers.IntegerField(required=False, default=USUAL_DAYS, help_text=f"1 to {LONGEST_DAYS}")


class StopIn(StrictSerializer):
    """Why it ends before its time."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ShadowOut(serializers.Serializer[Any]):
    """One candidate; it runs while `ended_at` is null."""

    id = serializers.IntegerField()
    segment = serializers.CharField(source="segment_key", help_text="empty: for a segment that may come")
    parent = serializers.CharField(source="parent_key")  # type: ignore[assignment]
    name = serializers.CharField()
    owner = serializers.CharField(source="owner.username")
    request = serializers.IntegerField(source="request_number", allow_null=True, help_text="it was started from")
    started_at = serializers.DateTimeField()
    ends_on = serializers.DateField()
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField()


class ShadowDayOut(serializers.Serializer[Any]):
    """What the candidate and the rule in force selected on one day."""

    on = serializers.DateField(source="day.on")
    as_of = serializers.DateTimeField(source="day.as_of")
    build = serializers.IntegerField(source="day.build_number", allow_null=True)
    size = serializers.JSONField(help_text=_COUNT)
    live = serializers.JSONField(help_text=_COUNT)
    both = serializers.JSONField(help_text=_COUNT)
    only_shadow = serializers.JSONField(help_text=_COUNT)
    only_live = serializers.JSONField(help_text=_COUNT)
    value = serializers.FloatField(allow_null=True)
    live_value = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(source="day.unit")
    reason = serializers.CharField(source="day.reason", help_text="why it could not be counted")


class ShadowWholeOut(ShadowOut):
    """One candidate with its rule and its days, newest first."""

    rule = serializers.CharField(allow_null=True, help_text="null where it reads what the caller may not see")
    words = serializers.CharField()
    days = ShadowDayOut(many=True)
    may_stop = serializers.BooleanField()


class ShadowRecordOut(serializers.Serializer[Any]):
    """What ran, since when, and what was counted: as a request that promotes it carries and signs it."""

    shadow = serializers.IntegerField()
    name = serializers.CharField()
    segment = serializers.CharField()
    rule = serializers.CharField()
    since = serializers.DateTimeField()
    days = serializers.ListField(child=serializers.DictField())
    digest = serializers.CharField()


def _whole(request: Request, shadow: Shadow) -> dict[str, Any]:
    shown: ShownShadow = shown_shadow(request.user, shadow)
    return {
        **ShadowOut(shadow).data,
        "rule": None if shown.words == HIDDEN else shadow.rule,
        "words": shown.words,
        "days": ShadowDayOut(shown.days, many=True).data,
        "may_stop": shadow.ended_at is None and shown.why_not_stop is None,
    }


class ShadowsView(DomainView):
    """Candidates."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(
        operation_id="shadows_list",
        parameters=[
            OpenApiParameter("segment", str, description="key"),
            OpenApiParameter("state", str, enum=STATES, description="all when left out"),
        ],
        responses=ShadowOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """What runs beside the rules in force, and what did, newest first."""
        state = request.query_params.get("state", "")
        if state and state not in STATES:
            raise Invalid(f"Choose among {', '.join(STATES)}.", code="unknown_choice", pointer="/state")
        rows = shadows_for(segment_key=request.query_params.get("segment", ""), state=state)
        return self.page(rows, lambda row: ShadowOut(row).data)

    @extend_schema(operation_id="shadows_start", request=ShadowIn, responses={201: ShadowWholeOut})
    def post(self, request: Request) -> Response:
        """Count a rule every day beside the rule in force; nobody gets its members."""
        asked = ShadowIn(data=request.data)
        asked.is_valid(raise_exception=True)
        made = start_shadow(actor=request.user, **asked.validated_data)
        return Response(_whole(request, shadow_by_id(made.pk)), status=status.HTTP_201_CREATED)


class ShadowView(DomainView):
    """One candidate."""

    @extend_schema(operation_id="shadows_get", responses=ShadowWholeOut)
    def get(self, request: Request, shadow_id: int) -> Response:
        """The candidate with what was counted on each day; small counts are words for whoever may not see members."""
        return Response(_whole(request, shadow_by_id(shadow_id)))


class ShadowStopView(DomainView):
    """Ends a candidate."""

    @extend_schema(operation_id="shadows_stop", request=StopIn, responses=ShadowWholeOut)
    def post(self, request: Request, shadow_id: int) -> Response:
        """End it before its time; its days stay."""
        asked = StopIn(data=request.data)
        asked.is_valid(raise_exception=True)
        stop_shadow(actor=request.user, shadow_id=shadow_id, **asked.validated_data)
        return Response(_whole(request, shadow_by_id(shadow_id)))


class ShadowRecordView(DomainView):
    """The record of a candidate."""

    @extend_schema(operation_id="shadows_record", responses=ShadowRecordOut)
    def get(self, request: Request, shadow_id: int) -> Response:
        """Its exact counts with their digest, for those who may see members."""
        shadow_by_id(shadow_id)
        MembershipPolicy().require(request.user, "view_members")
        return Response(ShadowRecordOut(shadow_record(shadow_id)).data)
