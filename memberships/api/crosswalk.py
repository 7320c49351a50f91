"""The crosswalk for client programs."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from memberships.selectors.restated import day_of, restated_for


class FlowOut(serializers.Serializer[Any]):
    """How many are counted in one new segment; an empty key is the remainder."""

    new = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()


class OldRowOut(serializers.Serializer[Any]):
    """One segment of the old taxonomy."""

    key = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    flows = FlowOut(many=True)


class NewRowOut(serializers.Serializer[Any]):
    """One segment of the new taxonomy with the restated size."""

    key = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()


class LineOut(serializers.Serializer[Any]):
    """One line of the correspondence."""

    operation = serializers.CharField()
    request_ref = serializers.CharField()
    old = serializers.CharField()
    old_version = serializers.IntegerField(allow_null=True)
    new = serializers.CharField(allow_blank=True)
    new_version = serializers.IntegerField(allow_null=True)
    is_whole = serializers.BooleanField()
    at = serializers.DateTimeField()


class CrosswalkOut(serializers.Serializer[Any]):
    """Both views of one day; `total` equals `placed` and `remainder` together."""

    on = serializers.DateTimeField()
    until = serializers.DateTimeField()
    total = serializers.IntegerField()
    placed = serializers.IntegerField()
    remainder = serializers.IntegerField()
    is_equal = serializers.BooleanField()
    olds = OldRowOut(many=True)
    news = NewRowOut(many=True)
    lines = LineOut(many=True)
    unknown = serializers.ListField(child=serializers.CharField())


class CrosswalkView(DomainView):
    """The crosswalk."""

    @extend_schema(
        operation_id="crosswalk",
        parameters=[OpenApiParameter("on", str, description="a day, YYYY-MM-DD; a month ago where none is given")],
        responses=CrosswalkOut,
    )
    def get(self, request: Request) -> Response:
        """The sizes of the day in the taxonomy of the day and in today's."""
        found = restated_for(viewer=request.user, on=day_of(request.query_params.get("on", "")))
        return Response(CrosswalkOut(found).data)
