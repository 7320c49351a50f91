"""The versions of an attribute for client programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from common.api.comparing import PAIR, VersionsComparedOut, asked_pair, compared
from customers.selectors import attribute_for
from customers.selectors.versions import attribute_differences, attribute_versions


class AttributeVersionOut(serializers.Serializer[Any]):
    """One version of an attribute."""

    number = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    at = serializers.DateTimeField()
    person = serializers.CharField(allow_blank=True)


class AttributeVersionsView(DomainView):
    """The versions of one attribute."""

    @extend_schema(operation_id="attributes_versions_list", responses=AttributeVersionOut(many=True))
    def get(self, request: Request, key: str) -> Response:
        """All versions, newest first; they are few, so they come at once."""
        found = attribute_versions(attribute_for(viewer=request.user, key=key))
        return Response(AttributeVersionOut(found, many=True).data)


class AttributeVersionsComparedView(DomainView):
    """The difference between two versions of one attribute."""

    @extend_schema(operation_id="attributes_versions_compare", parameters=PAIR, responses=VersionsComparedOut)
    def get(self, request: Request, key: str) -> Response:
        """Every field in which the two versions differ, as people read it."""
        found = {each.number: each for each in attribute_versions(attribute_for(viewer=request.user, key=key))}
        old, new = asked_pair(request, list(found))
        return compared(old, new, attribute_differences(found[old], found[new]))
