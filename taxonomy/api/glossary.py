"""The glossary for client programs: terms, metrics, the guideline, what joins words, what fields mean."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Function
from common.api import CursorPages, DomainView, etag_of, with_etag
from common.errors import Invalid, NotFound
from taxonomy import policies
from taxonomy.api.glossary_serializers import (
    ConflictOut,
    CoverageOut,
    DefinitionOut,
    DefinitionVersionOut,
    EquivalenceOut,
    GuidelineOut,
    conflict_shape,
    coverage_shape,
)
from taxonomy.choices import DefinitionType, SegmentStatus
from taxonomy.selectors.conflicts import conflicts
from taxonomy.selectors.definitions import (
    definition_for,
    definition_versions,
    guideline,
    newest_definition,
    newest_definitions_for,
)
from taxonomy.selectors.equivalences import equivalences_for
from taxonomy.selectors.mapping import coverage_of, mappings_for

_FILTERS = [
    OpenApiParameter("q", str, description="in the name, the key or the definition"),
    OpenApiParameter("function", str, enum=Function.values),
    OpenApiParameter("status", str, enum=[SegmentStatus.ACTIVE, SegmentStatus.DEPRECATED, SegmentStatus.RETIRED]),
]


class _WordListView(DomainView):
    """All words of one type."""

    pagination_class = CursorPages
    cursor_ordering = "key"
    kind: str = DefinitionType.TERM

    def words(self, request: Request) -> Response:
        """The page of words that the address asks for."""
        asked = {name: request.query_params.get(name, "") for name in ("q", "function", "status")}
        if "\x00" in "".join(asked.values()):
            raise Invalid("A filter holds a character that no text has.", code="invalid_filter")
        rows = newest_definitions_for(viewer=request.user, kind=self.kind, **asked)
        return self.page(rows, lambda row: DefinitionOut(row).data)


class TermListView(_WordListView):
    """The terms of the glossary."""

    @extend_schema(operation_id="glossary_terms_list", parameters=_FILTERS, responses=DefinitionOut(many=True))
    def get(self, request: Request) -> Response:
        """All terms by key, retired ones too unless `status` says otherwise."""
        return self.words(request)


class MetricListView(_WordListView):
    """The definitions of metrics."""

    kind = DefinitionType.METRIC

    @extend_schema(operation_id="glossary_metrics_list", parameters=_FILTERS, responses=DefinitionOut(many=True))
    def get(self, request: Request) -> Response:
        """All metrics by key."""
        return self.words(request)


class TermView(DomainView):
    """One term."""

    @extend_schema(operation_id="glossary_terms_retrieve", responses=DefinitionOut)
    def get(self, request: Request, key: str) -> Response:
        """The term with what it means now (a retired one with what it meant last)."""
        return _word(request, DefinitionType.TERM, key)


class MetricView(DomainView):
    """One metric."""

    @extend_schema(operation_id="glossary_metrics_retrieve", responses=DefinitionOut)
    def get(self, request: Request, key: str) -> Response:
        """The metric with its definition as it stands."""
        return _word(request, DefinitionType.METRIC, key)


class TermVersionsView(DomainView):
    """The versions of one term."""

    pagination_class = CursorPages
    cursor_ordering = "-number"

    @extend_schema(operation_id="glossary_terms_versions_list", responses=DefinitionVersionOut(many=True))
    def get(self, request: Request, key: str) -> Response:
        """All versions, newest first."""
        found = definition_for(viewer=request.user, kind=DefinitionType.TERM, key=key)
        return self.page(definition_versions(found), lambda row: DefinitionVersionOut(row).data)


class MetricVersionsView(DomainView):
    """The versions of one metric."""

    pagination_class = CursorPages
    cursor_ordering = "-number"

    @extend_schema(operation_id="glossary_metrics_versions_list", responses=DefinitionVersionOut(many=True))
    def get(self, request: Request, key: str) -> Response:
        """All versions, newest first."""
        found = definition_for(viewer=request.user, kind=DefinitionType.METRIC, key=key)
        return self.page(definition_versions(found), lambda row: DefinitionVersionOut(row).data)


class GuidelineView(DomainView):
    """The ethics guideline in force."""

    @extend_schema(operation_id="glossary_guideline", responses=GuidelineOut)
    def get(self, request: Request) -> Response:
        """Its text and the questions that proposals answer; 404 while there is none."""
        policies.definitions.require(request.user, "view")
        found = guideline()
        if found is None:
            raise NotFound("There is no ethics guideline yet.")
        return with_etag(Response(GuidelineOut(found).data), etag_of("guideline", found.key, found.version))


class EquivalenceListView(DomainView):
    """What joins the words of two functions."""

    pagination_class = CursorPages

    @extend_schema(operation_id="glossary_equivalences", responses=EquivalenceOut(many=True))
    def get(self, request: Request) -> Response:
        """All that stand, agreed or only offered."""
        policies.definitions.require(request.user, "view")
        return self.page(equivalences_for(viewer=request.user), lambda row: EquivalenceOut(row).data)


class MappingView(DomainView):
    """What the fields of the sources mean."""

    @extend_schema(operation_id="glossary_mapping", responses=CoverageOut)
    def get(self, request: Request) -> Response:
        """Every source with its fields and its coverage, and the coverage of all."""
        policies.definitions.require(request.user, "view")
        found = mappings_for(viewer=request.user)
        return Response(CoverageOut(coverage_shape(found, coverage_of(found))).data)


class ConflictListView(DomainView):
    """Words that compete."""

    pagination_class = CursorPages

    @extend_schema(operation_id="glossary_conflicts", responses=ConflictOut(many=True))
    def get(self, request: Request) -> Response:
        """Pairs of words in use that compete and are not joined, the plainest first."""
        policies.definitions.require(request.user, "view")
        return self.page(conflicts(), lambda found: ConflictOut(conflict_shape(found)).data)


def _word(request: Request, kind: str, key: str) -> Response:
    row = newest_definition(definition_for(viewer=request.user, kind=kind, key=key))
    shape: Any = DefinitionOut(row).data
    return with_etag(Response(shape), etag_of(kind, key, row.number, row.definition.status))
