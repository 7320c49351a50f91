"""Between requests and the shadow lane, for client programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView, StrictSerializer
from reviews.api.inputs import NothingIn
from reviews.api.serializers import RequestDetailOut
from reviews.api.views import current, detail, read
from reviews.services.shadowing import attach_shadow, promote_shadow, run_in_shadow


class AttachIn(StrictSerializer):
    """The shadow whose record the request shall carry."""

    shadow = serializers.IntegerField(source="shadow_id")


class StartedOut(serializers.Serializer[Any]):
    """The shadow that runs now."""

    shadow = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    segment = serializers.CharField(source="segment_key")
    ends_on = serializers.DateField()


class RequestShadowView(DomainView):
    """The shadow of a request."""

    @extend_schema(operation_id="change_requests_run_in_shadow", request=NothingIn, responses={201: StartedOut})
    def post(self, request: Request, request_id: int) -> Response:
        """Count the rule that it proposes every day beside the one in force."""
        read(NothingIn, request)
        made = run_in_shadow(actor=request.user, request_id=request_id)
        return Response(StartedOut(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="change_requests_attach_shadow", request=AttachIn, responses=RequestDetailOut)
    def put(self, request: Request, request_id: int) -> Response:
        """Name the shadow whose record its impact shall carry; a new revision, so votes on the old one are void."""
        given = {"lock_version": current(request, request_id), **read(AttachIn, request)}
        attach_shadow(actor=request.user, request_id=request_id, **given)
        return detail(request, request_id)


class PromoteView(DomainView):
    """From the shadow lane before the board."""

    @extend_schema(operation_id="shadows_promote", request=NothingIn, responses={201: RequestDetailOut})
    def post(self, request: Request, shadow_id: int) -> Response:
        """Write a draft that proposes what ran in the shadow and names it; say what is expected, then submit it."""
        read(NothingIn, request)
        made = promote_shadow(actor=request.user, shadow_id=shadow_id)
        return detail(request, made.pk, status.HTTP_201_CREATED)
