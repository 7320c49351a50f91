"""Freezes for client programs."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.actors import Actor
from common.api import CursorPages, DomainView, StrictSerializer
from safeguards.choices import Scope
from safeguards.policies import FreezePolicy
from safeguards.selectors import freeze_for, freezes_for
from safeguards.services import freeze, lift


class FreezeIn(StrictSerializer):
    """What to stop and why."""

    scope = serializers.ChoiceField(choices=Scope.choices)
    key = serializers.CharField(
        max_length=63, required=False, allow_blank=True, default="", help_text="empty for all activation"
    )
    reason = serializers.CharField(max_length=500)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class LiftIn(StrictSerializer):
    """Why it goes on."""

    reason = serializers.CharField(max_length=500)


class FreezeOut(serializers.Serializer[Any]):
    """One freeze; in force while `lifted_at` is null."""

    id = serializers.IntegerField()
    scope = serializers.ChoiceField(choices=Scope.choices)
    key = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField(source="by.username")
    at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    lifted_by = serializers.CharField(source="lifted_by.username", allow_null=True, default=None)
    lifted_at = serializers.DateTimeField(allow_null=True)
    lift_reason = serializers.CharField()


class FreezesView(DomainView):
    """Freezes."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(
        operation_id="freezes_list",
        parameters=[OpenApiParameter("state", str, enum=["in_force", "lifted"], description="all when left out")],
        responses=FreezeOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """What stands still, and what stood, newest first."""
        FreezePolicy().require(request.user, "view")
        rows = freezes_for(viewer=request.user, state=request.query_params.get("state", ""))
        return self.page(rows, lambda row: FreezeOut(row).data)

    @extend_schema(operation_id="freezes_create", request=FreezeIn, responses={201: FreezeOut})
    def post(self, request: Request) -> Response:
        """Freeze a segment, a source or all activation, with a reason."""
        FreezePolicy().require(request.user, "view")
        asked = FreezeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        made = freeze(actor=cast(Actor, request.user), **asked.validated_data)
        return Response(FreezeOut(made).data, status=status.HTTP_201_CREATED)


class FreezeView(DomainView):
    """One freeze."""

    @extend_schema(operation_id="freezes_get", responses=FreezeOut)
    def get(self, request: Request, freeze_id: int) -> Response:
        """One freeze."""
        return Response(FreezeOut(freeze_for(viewer=request.user, freeze_id=freeze_id)).data)


class FreezeLiftView(DomainView):
    """Lifts a freeze."""

    @extend_schema(operation_id="freezes_lift", request=LiftIn, responses=FreezeOut)
    def post(self, request: Request, freeze_id: int) -> Response:
        """Let it go on, with a reason."""
        freeze_for(viewer=request.user, freeze_id=freeze_id)
        asked = LiftIn(data=request.data)
        asked.is_valid(raise_exception=True)
        actor = cast(Actor, request.user)
        found = lift(actor=actor, freeze_id=freeze_id, reason=asked.validated_data["reason"])
        return Response(FreezeOut(found).data)
