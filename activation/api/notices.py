"""Notices for client programs."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Function
from activation import selectors, services
from activation.choices import Kind, StepState
from common.actors import Actor
from common.api import CursorPages, DomainView


class NoticeStepOut(serializers.Serializer[Any]):
    """One function's turn."""

    function = serializers.ChoiceField(choices=Function.choices)
    state = serializers.ChoiceField(choices=StepState.choices)
    sent_at = serializers.DateTimeField(allow_null=True)
    seen_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(source="acknowledged_by.username", allow_null=True, default=None)


class AnnouncementOut(serializers.Serializer[Any]):
    """What the functions are told, with its steps in their order."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    segment = serializers.CharField(source="segment_key")
    version = serializers.IntegerField(source="version_number")
    run = serializers.IntegerField(source="run_id", allow_null=True)
    request = serializers.CharField(source="request_ref")
    sentence = serializers.CharField()
    created_at = serializers.DateTimeField()
    steps = NoticeStepOut(many=True)


class NoticeOut(serializers.Serializer[Any]):
    """An announcement in the caller's inbox; `function` is the one for which the caller was told."""

    function = serializers.ChoiceField(source="step.function", choices=Function.choices)
    seen_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    announcement = AnnouncementOut(source="step.announcement")


class NoticesView(DomainView):
    """The caller's inbox."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(operation_id="notices_list", responses=NoticeOut(many=True))
    def get(self, request: Request) -> Response:
        """What the caller was told, newest first."""
        return self.page(selectors.notices_for(viewer=request.user), lambda row: NoticeOut(row).data)


class NoticeAcknowledgeView(DomainView):
    """Acknowledges for a function."""

    @extend_schema(operation_id="notices_acknowledge", request=None, responses=AnnouncementOut)
    def post(self, request: Request, announcement_id: int) -> Response:
        """Acknowledge an announcement for the caller's function; `id` is the announcement's."""
        services.acknowledge_notice(actor=cast(Actor, request.user), announcement_id=announcement_id)
        found = selectors.announcement_for(viewer=request.user, announcement_id=announcement_id)
        return Response(AnnouncementOut(found).data)
