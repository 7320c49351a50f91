"""Attributes and sources for client programs."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.actors import Actor
from common.api import CursorPages, DomainView, check_if_match, etag_of, with_etag
from customers import selectors
from customers.api.serializers import (
    AttributeDetailOut,
    AttributeIn,
    AttributeOut,
    DistributionOut,
    SourceIn,
    SourceOut,
)
from customers.choices import AttributeType, Dimension
from customers.models import Attribute, Source
from customers.services.attributes import define_attribute
from customers.services.sources import define_source

_CREATED = 201


def _shown(attribute: Attribute, viewer: Any) -> dict[str, Any]:
    attribute.quality = selectors.attribute_quality(attribute.key)  # type: ignore[attr-defined]
    attribute.facts = selectors.fact_lines(attribute, viewer=viewer)  # type: ignore[attr-defined]
    return dict(AttributeDetailOut(attribute).data)


class AttributeListView(DomainView):
    """The attribute catalogue."""

    pagination_class = CursorPages
    cursor_ordering = "key"

    @extend_schema(
        operation_id="attributes_list",
        parameters=[
            OpenApiParameter("dimension", str, enum=Dimension.values),
            OpenApiParameter("type", str, enum=AttributeType.values),
            OpenApiParameter("source", str, description="key"),
            OpenApiParameter("q", str, description="text in label, key or description"),
        ],
        responses=AttributeOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """The attributes that the caller may see, by key."""
        asked = request.query_params
        rows = selectors.attributes_for(
            viewer=request.user,
            dimension=asked.get("dimension", ""),
            source=asked.get("source", ""),
            kind=asked.get("type", ""),
            text=asked.get("q", "").replace("\x00", ""),
        )
        return self.page(rows, lambda attribute: AttributeOut(attribute).data)


class AttributeView(DomainView):
    """One attribute."""

    @extend_schema(operation_id="attributes_retrieve", responses=AttributeDetailOut)
    def get(self, request: Request, key: str) -> Response:
        """The attribute with the quality of its values; the ETag names its version."""
        attribute = selectors.attribute_for(viewer=request.user, key=key)
        return with_etag(Response(_shown(attribute, request.user)), etag_of("attribute", key, attribute.version))

    @extend_schema(
        operation_id="attributes_define",
        request=AttributeIn,
        responses={200: AttributeDetailOut, _CREATED: AttributeDetailOut},
    )
    def put(self, request: Request, key: str) -> Response:
        """Define the attribute, or replace what is said of it. A change of meaning of a live one is a 409: it needs a
        review.
        """
        asked = AttributeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        live = selectors.live_content(key)
        version = live.version_number if live else 0
        check_if_match(request, etag_of("attribute", key, version))
        base = version if "If-Match" in request.headers else None
        actor = cast(Actor, request.user)
        stored = define_attribute(actor=actor, key=key, content=asked.validated_data, base_version=base)
        answer = Response(_shown(stored, request.user), status=200 if live else _CREATED)
        return with_etag(answer, etag_of("attribute", key, stored.version))


class DistributionView(DomainView):
    """How the values of one attribute are spread."""

    @extend_schema(operation_id="attributes_distribution", responses=DistributionOut)
    def get(self, request: Request, key: str) -> Response:
        """Fill rate, most frequent values or histogram, lowest, middle and highest value, as open to the caller."""
        return Response(DistributionOut(selectors.distribution_for(request.user, key)).data)


class SourceListView(DomainView):
    """The sources of customer data."""

    pagination_class = CursorPages
    cursor_ordering = "key"

    @extend_schema(operation_id="sources_list", responses=SourceOut(many=True))
    def get(self, request: Request) -> Response:
        """All sources, by key."""
        return self.page(selectors.sources_for(viewer=request.user), lambda source: SourceOut(source).data)


class SourceView(DomainView):
    """One source."""

    @staticmethod
    def _found(request: Request, key: str) -> Source:
        selectors.source_for(viewer=request.user, key=key)
        return selectors.sources_for(viewer=request.user).get(key=key)

    @extend_schema(operation_id="sources_retrieve", responses=SourceOut)
    def get(self, request: Request, key: str) -> Response:
        """The source and when data last came from it."""
        found = self._found(request, key)
        return with_etag(Response(SourceOut(found).data), etag_of("source", key, found.version))

    @extend_schema(operation_id="sources_define", request=SourceIn, responses={200: SourceOut, _CREATED: SourceOut})
    def put(self, request: Request, key: str) -> Response:
        """Define the source, or replace what is said of it."""
        asked = SourceIn(data=request.data)
        asked.is_valid(raise_exception=True)
        version = selectors.source_version(key)
        check_if_match(request, etag_of("source", key, version))
        base = version if "If-Match" in request.headers else None
        define_source(actor=cast(Actor, request.user), key=key, content=asked.validated_data, base_version=base)
        found = self._found(request, key)
        answer = Response(SourceOut(found).data, status=200 if version else _CREATED)
        return with_etag(answer, etag_of("source", key, found.version))
