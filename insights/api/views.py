"""Measures for client programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from insights.selectors import health


class HealthSerializer(serializers.Serializer[Any]):
    """One segment: size, share of the base, last movement."""

    key = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField(source="size.size", allow_null=True, default=None)
    as_of = serializers.DateTimeField(source="size.as_of", allow_null=True, default=None)
    run = serializers.IntegerField(source="size.run_id", allow_null=True, default=None)
    share = serializers.FloatField(allow_null=True)
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    churn = serializers.FloatField(allow_null=True)
    moved_at = serializers.DateTimeField(allow_null=True)
    misclassifications_90d = serializers.IntegerField(source="doubts.reported", default=0)
    misclassifications_per_1000 = serializers.FloatField(source="doubts.per_thousand", allow_null=True, default=None)


class HealthView(DomainView):
    """How every segment does."""

    @extend_schema(operation_id="insights_segments", responses=HealthSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every segment in force, in the taxonomy's order."""
        return Response({"results": HealthSerializer(health(), many=True).data, "next": None})
