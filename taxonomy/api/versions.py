"""The difference between two versions of a segment or of a governed word, for client programs."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from common.api.comparing import PAIR, VersionsComparedOut, asked_pair, compared
from common.errors import NotFound
from taxonomy.choices import DefinitionType
from taxonomy.selectors import differences_between, segment_for, segment_versions
from taxonomy.selectors.definition_pages import wording_between
from taxonomy.selectors.definitions import definition_for, definition_versions

_KINDS = {"terms": DefinitionType.TERM, "metrics": DefinitionType.METRIC, "guidelines": DefinitionType.GUIDELINE}


class SegmentVersionsComparedView(DomainView):
    """The difference between two versions of one segment."""

    @extend_schema(operation_id="segments_versions_compare", parameters=PAIR, responses=VersionsComparedOut)
    def get(self, request: Request, key: str) -> Response:
        """Every field in which the two versions differ, as people read it. What a change of the rule means is asked of
        `/rules/compare/`.
        """
        segment = segment_for(viewer=request.user, key=key)
        found = {each.number: each for each in segment_versions(segment.key)}
        old, new = asked_pair(request, list(found))
        return compared(old, new, differences_between(found[old], found[new]))


class WordsComparedView(DomainView):
    """The difference between two versions of one governed word."""

    @extend_schema(
        operation_id="glossary_versions_compare",
        parameters=[OpenApiParameter("words", str, OpenApiParameter.PATH, enum=list(_KINDS)), *PAIR],
        responses=VersionsComparedOut,
    )
    def get(self, request: Request, words: str, key: str) -> Response:
        """Every field in which the two versions of a term, a metric or a guideline differ."""
        if words not in _KINDS:
            raise NotFound(f"Versions are compared of: {', '.join(_KINDS)}.")
        kind = _KINDS[words]
        definition = definition_for(viewer=request.user, kind=kind, key=key)
        found = {each.number: each for each in definition_versions(definition)}
        old, new = asked_pair(request, list(found))
        return compared(old, new, wording_between(kind, found[old], found[new]))
