"""The taxonomy for client programs: segments, versions, the tree and the checking of rules."""

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import RULE_QUESTIONS, CursorPages, DomainView, etag_of, with_etag
from taxonomy import policies, selectors
from taxonomy.api.serializers import (
    EffectiveRuleOut,
    RuleInput,
    RuleReadingOut,
    SegmentDetailOut,
    SegmentOut,
    TreeOut,
    VersionOut,
)
from taxonomy.choices import SegmentStatus, Tier
from taxonomy.filters import ORDERINGS, SegmentFilter


class RuleCheckView(DomainView):
    """Reads a rule and says what it means; stores nothing."""

    required_scope = "read"
    throttle_classes = RULE_QUESTIONS

    @extend_schema(operation_id="rules_check", request=RuleInput, responses=RuleReadingOut)
    def post(self, request: Request) -> Response:
        """The rule as tree, text and words; 400 with the position of each fault."""
        policies.segments.require(request.user, "view")
        asked = RuleInput(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        source = given["text"] if "text" in given else given["rule"]
        reading = selectors.rule_reading_for(request.user, source, given.get("parent"))
        return Response(RuleReadingOut(reading).data)


class SegmentListView(DomainView):
    """All segments that the caller may read."""

    pagination_class = CursorPages

    @extend_schema(
        operation_id="segments_list",
        parameters=[
            OpenApiParameter("tier", str, enum=Tier.values),
            OpenApiParameter("status", str, enum=SegmentStatus.values),
            OpenApiParameter("objective", str, description="key"),
            OpenApiParameter("parent", str, description="key"),
            OpenApiParameter("attribute", str, description="key of an attribute that the own rule reads"),
            OpenApiParameter("ordering", str, enum=ORDERINGS),
        ],
        responses=SegmentOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Segments with their version in force (retired ones with their last)."""
        wanted = SegmentFilter(request.query_params, queryset=selectors.newest_versions_for(request.user))
        rows = wanted.narrowed()
        self.cursor_ordering = wanted.order  # type: ignore[misc]
        return self.page(rows, lambda version: SegmentOut(version).data)


class SegmentView(DomainView):
    """One segment."""

    @extend_schema(operation_id="segments_retrieve", responses=SegmentDetailOut)
    def get(self, request: Request, key: str) -> Response:
        """The segment with its place in the tree and its effective rule; the ETag changes with the version."""
        found = selectors.overview_for(viewer=request.user, key=key)
        shape = {
            **SegmentOut(found.version).data,
            "path": found.path,
            "children": [child.segment.key for child in found.children],
            "goes_on_in": found.heirs,
            "effective": EffectiveRuleOut(found.effective).data,
        }
        etag = etag_of("segment", key, found.version.number, found.segment.status, found.path, shape["children"])
        response = with_etag(Response(shape), etag)
        if found.heirs:
            places = (reverse("api-segment", args=[heir]) for heir in found.heirs)
            response["Link"] = ", ".join(f'<{place}>; rel="successor-version"' for place in places)
        return response


class VersionListView(DomainView):
    """The versions of one segment."""

    pagination_class = CursorPages
    cursor_ordering = "-number"

    @extend_schema(operation_id="segments_versions_list", responses=VersionOut(many=True))
    def get(self, request: Request, key: str) -> Response:
        """All versions, newest first."""
        segment = selectors.segment_for(viewer=request.user, key=key)
        return self.page(selectors.segment_versions(segment.key), lambda version: VersionOut(version).data)


class VersionView(DomainView):
    """One version of one segment; it never changes but for its end."""

    @extend_schema(operation_id="segments_versions_retrieve", responses=VersionOut)
    def get(self, request: Request, key: str, number: int) -> Response:
        """The version with this number."""
        segment = selectors.segment_for(viewer=request.user, key=key)
        version = selectors.version(segment.key, number)
        return with_etag(Response(VersionOut(version).data), etag_of("version", key, number, version.state))


class TreeView(DomainView):
    """The taxonomy as a tree."""

    @extend_schema(operation_id="taxonomy_tree", responses=TreeOut)
    def get(self, request: Request) -> Response:
        """All segments in use, parent first, siblings by name."""
        return Response(TreeOut({"results": selectors.tree_for(request.user)}).data)
