"""What members say over time and between segments, for client programs: transitions, retention, overlaps."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from common.errors import Invalid
from memberships.api import parameters
from memberships.api.grounds import COUNT, FRESH_WITHIN, GroundOut
from memberships.selectors.freshness import fresh_within_of
from memberships.selectors.overlap_matrix import Overlaps, Pair, overlaps_for
from memberships.selectors.retention import retention_for
from memberships.selectors.transitions import matrix_for, movers_for
from taxonomy.policies import segments

FAMILY = OpenApiParameter("family", str, description="key of the segment whose children are meant; the top when empty")
FROM = OpenApiParameter("from", str, required=True, description="ISO 8601 instant in the past")
TO = OpenApiParameter("to", str, description="ISO 8601 instant in the past; now when left out")


class StateOut(serializers.Serializer[Any]):
    """A segment, or *several, *rest and *outside."""

    key = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    shared = serializers.JSONField(allow_null=True, help_text="in another one too, and so counted under *several")


class TransitionCellOut(serializers.Serializer[Any]):
    """How many went from the row to the column; `share` of the row."""

    to = serializers.CharField(source="column")
    count = serializers.JSONField(help_text=COUNT)
    share = serializers.FloatField(allow_null=True)


class TransitionRowOut(serializers.Serializer[Any]):
    """One state at the first instant, and where its customers are at the second."""

    state = StateOut()
    total = serializers.JSONField(help_text=COUNT)
    cells = TransitionCellOut(many=True)


class TransitionsOut(serializers.Serializer[Any]):
    """The whole table. Each customer is in one row and one column, so that rows and columns add up to sizes."""

    family = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    to = serializers.DateTimeField(source="ended_at")
    exact = serializers.BooleanField()
    moved = serializers.JSONField(help_text=COUNT)
    stayed = serializers.JSONField(help_text=COUNT)
    columns = StateOut(many=True)
    rows = TransitionRowOut(many=True)
    grounds_from = GroundOut(many=True, source="began")
    grounds_to = GroundOut(many=True, source="ended")
    changed_rules = serializers.ListField(child=serializers.CharField(), source="changed")
    not_computed = serializers.ListField(child=serializers.CharField(), source="missing")
    fresh_within = serializers.SerializerMethodField(help_text=FRESH_WITHIN)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of the language and cannot be declared like the others."""
        return {**super().get_fields(), "from": serializers.DateTimeField(source="began_at")}

    @staticmethod
    def get_fresh_within(found: Any) -> int | None:
        return fresh_within_of(found.ended)


class MoversOut(serializers.Serializer[Any]):
    """Ids of the customers of one cell, in their order."""

    results = serializers.ListField(child=serializers.CharField())
    next = serializers.URLField(allow_null=True)
    total = serializers.IntegerField()


class TransitionsView(DomainView):
    """Movement between segments."""

    @extend_schema(operation_id="transitions", parameters=[FAMILY, FROM, TO], responses=TransitionsOut)
    def get(self, request: Request) -> Response:
        """From where to where the customers of a family moved between two instants."""
        segments.require(request.user, "view")
        found = matrix_for(viewer=request.user, **_ends(request))
        return Response(TransitionsOut(found).data)


class MoversView(DomainView):
    """The customers of one cell."""

    @extend_schema(
        operation_id="transitions_customers",
        parameters=[
            FAMILY,
            FROM,
            TO,
            OpenApiParameter("row", str, required=True, description="key of the state at the first instant"),
            OpenApiParameter("column", str, required=True, description="key of the state at the second instant"),
            OpenApiParameter("cursor", str, description="opaque; from `next`"),
            OpenApiParameter("limit", int, description=f"1 to {parameters.MOST}"),
        ],
        responses=MoversOut,
    )
    def get(self, request: Request) -> Response:
        """Ids in order; for those who may see customers."""
        (after,) = parameters.cursor(request, length=1) or (-1,)
        asked = request.query_params
        page = movers_for(
            viewer=request.user,
            row=asked.get("row", ""),
            column=asked.get("column", ""),
            after=after,
            limit=parameters.limit(request),
            **_ends(request),
        )
        onward = parameters.next_url(request, None if page.next is None else (page.next,))
        return Response(MoversOut({"results": page.external_ids, "next": onward, "total": page.total}).data)


def _ends(request: Request) -> dict[str, Any]:
    began_at = parameters.instant(request, "from")
    if began_at is None:
        raise Invalid("Name the first instant, like from=2026-01-31.", code="required", pointer="/from")
    family = request.query_params.get("family", "")
    return {"family": family, "began_at": began_at, "ended_at": parameters.instant(request, "to")}


class KeptCellOut(serializers.Serializer[Any]):
    """How many of the cohort are in at the end of one period, and how many of them never left since."""

    since = serializers.IntegerField(source="periods", help_text="periods after that of the entry")
    at = serializers.DateTimeField()
    inside = serializers.JSONField(help_text=COUNT)
    unbroken = serializers.JSONField(help_text=COUNT)
    share = serializers.FloatField(allow_null=True)
    running = serializers.BooleanField(source="is_running")


class CohortOut(serializers.Serializer[Any]):
    """Those who entered for the first time in one period; `first`: those who were in when counting began."""

    begins_on = serializers.DateField()
    first = serializers.BooleanField(source="is_first")
    size = serializers.JSONField(help_text=COUNT)
    by_rule = serializers.JSONField(help_text="of them by a changed rule: " + COUNT)
    cells = KeptCellOut(many=True)


class RetentionOut(serializers.Serializer[Any]):
    """The grid of one segment."""

    segment = serializers.CharField(source="ground.key")
    version = serializers.IntegerField(source="ground.version_number")
    run = serializers.IntegerField(source="ground.run_id")
    as_of = serializers.DateTimeField(source="ground.as_of", allow_null=True)
    fresh_within = serializers.SerializerMethodField(help_text=FRESH_WITHIN)
    period = serializers.ChoiceField(choices=["month", "week"])
    until = serializers.DateTimeField()
    exact = serializers.BooleanField()
    left_out = serializers.IntegerField(help_text="older cohorts that are not shown")
    cohorts = CohortOut(many=True)

    @staticmethod
    def get_fresh_within(found: Any) -> int | None:
        return fresh_within_of([found.ground])


class RetentionView(DomainView):
    """Who stays."""

    @extend_schema(
        operation_id="segments_retention",
        parameters=[OpenApiParameter("period", str, enum=["month", "week"])],
        responses=RetentionOut,
    )
    def get(self, request: Request, key: str) -> Response:
        """Cohorts by month or week of entry, and how many of each are in at the end of each later period."""
        period = request.query_params.get("period", "month")
        return Response(RetentionOut(retention_for(viewer=request.user, key=key, period=period)).data)


class OverlapSegmentOut(GroundOut):
    """One segment of the matrix."""

    owner = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField()


class PairOut(serializers.Serializer[Any]):
    """Two segments: in both, by those in either (Jaccard), what chance would give, and the correlation."""

    first = serializers.CharField()
    second = serializers.CharField()
    both = serializers.JSONField(help_text=COUNT)
    jaccard = serializers.FloatField(allow_null=True)
    expected = serializers.IntegerField()
    association = serializers.FloatField(allow_null=True, help_text="-1 to 1; null where it says nothing")
    relation = serializers.ChoiceField(choices=["nested", "siblings", "apart"])


class OverlapsOut(serializers.Serializer[Any]):
    """Every segment against every other one, and the pairs farthest from chance."""

    at = serializers.DateTimeField()
    as_of = serializers.DateTimeField(allow_null=True)
    fresh_within = serializers.IntegerField(allow_null=True, help_text=FRESH_WITHIN)
    exact = serializers.BooleanField()
    population = serializers.IntegerField()
    segments = OverlapSegmentOut(many=True)
    pairs = PairOut(many=True)
    surprising = PairOut(many=True)
    not_computed = serializers.ListField(child=serializers.CharField())


class OverlapsView(DomainView):
    """How segments overlap."""

    @extend_schema(
        operation_id="overlaps",
        parameters=[
            FAMILY,
            OpenApiParameter("segments", str, description="keys, separated by commas"),
            OpenApiParameter("at", str, description="ISO 8601 instant in the past; now when left out"),
        ],
        responses=OverlapsOut,
    )
    def get(self, request: Request) -> Response:
        """All segments in use against each other, or those below one, or those named."""
        segments.require(request.user, "view")
        named = request.query_params.get("segments", "")
        found = overlaps_for(
            viewer=request.user,
            family=request.query_params.get("family", ""),
            keys=[key.strip() for key in named.split(",") if key.strip()],
            at=parameters.instant(request, "at"),
        )
        return Response(_shape(found))


def _shape(found: Overlaps) -> dict[str, Any]:
    named = [
        {"segment": place.key, "name": place.name, "owner": place.owner, "size": place.size}
        | {"version": place.ground.version_number, "run": place.ground.run_id, "as_of": place.ground.as_of}
        for place in found.places
    ]
    return {
        "at": found.at,
        "as_of": found.as_of,
        "fresh_within": found.fresh_within,
        "exact": found.exact,
        "population": found.population,
        "segments": named,
        # Thousands of rows: put together by hand, as a serializer would take longer than all the counting.
        "pairs": [_pair_shape(pair) for pair in found.pairs()],
        "surprising": [_pair_shape(pair) for pair in found.surprising()],
        "not_computed": list(found.missing),
    }


def _pair_shape(pair: Pair) -> dict[str, Any]:
    return {
        "first": pair.first.key,
        "second": pair.second.key,
        "both": pair.both,
        "jaccard": pair.jaccard,
        "expected": pair.expected,
        "association": pair.association,
        "relation": pair.relation,
    }
