"""The rule of a segment as SQL, for client programs."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from taxonomy import selectors
from taxonomy.sql import DIALECTS


class SqlColumnOut(serializers.Serializer[Any]):
    """A column that the condition reads."""

    name = serializers.CharField()
    type = serializers.CharField(help_text="in the dialect")


class SegmentSqlOut(serializers.Serializer[Any]):
    """The rule that decides membership as a condition in SQL: a reading of the rule, not what the portal runs."""

    segment = serializers.CharField()
    version = serializers.IntegerField()
    dialect = serializers.ChoiceField(choices=list(DIALECTS.items()))
    sql = serializers.CharField(help_text="true for the members; CURRENT_DATE is today written out")
    columns = SqlColumnOut(many=True)
    notes = serializers.ListField(child=serializers.CharField(), help_text="what the engine must be")


class SegmentSqlView(DomainView):
    """One segment as SQL."""

    @extend_schema(
        operation_id="segments_sql",
        parameters=[OpenApiParameter("dialect", str, enum=list(DIALECTS), description="postgres when left out")],
        responses=SegmentSqlOut,
    )
    def get(self, request: Request, key: str) -> Response:
        """The effective rule in the dialect; it answers exactly as the rule does, missing values included."""
        dialect = request.query_params.get("dialect", selectors.known_dialect(None))
        found, reading = selectors.sql_for(viewer=request.user, key=key, dialect=dialect)
        shape = {
            "segment": found.segment.key,
            "version": found.version.number,
            "dialect": reading.dialect,
            "sql": reading.sql,
            "columns": reading.columns,
            "notes": reading.notes,
        }
        return Response(SegmentSqlOut(shape).data)
