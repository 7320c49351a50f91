"""Customers for client programs."""

from collections import Counter
from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.actors import Actor
from common.api import CursorPages, DomainView, check_if_match, etag_of, with_etag
from common.errors import Invalid, NotFound, Stale
from customers import selectors
from customers.api.permissions import SendsData, may_read
from customers.api.serializers import (
    BulkIn,
    BulkOut,
    CustomerEventOut,
    CustomerIn,
    CustomerLineOut,
    CustomerOut,
    EraseIn,
)
from customers.selectors.events import event_lines, events_of
from customers.services.erasure import erase_customer
from customers.services.profiles import merge_customer, merge_customers_bulk

_CORRECTION = OpenApiParameter(
    "correction", bool, description="the values correct wrong ones: told as the cause of what changes"
)


def _is_correction(request: Request) -> bool:
    said = request.query_params.get("correction", "false")
    if said not in ("true", "false"):
        raise Invalid("This is either true or false.", code="wrong_type", pointer="/correction")
    return said == "true"


def _etag(record: selectors.CustomerRecord) -> str:
    return etag_of("customer", record.external_id, record.changed_seq)


class CustomerListView(DomainView):
    """The customers."""

    pagination_class = CursorPages
    cursor_ordering = "external_id"

    @extend_schema(
        operation_id="customers_list",
        parameters=[OpenApiParameter("q", str, description="beginning of the id")],
        responses=CustomerLineOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Ids of the customers that the caller may see, by id."""
        rows = selectors.search_for(viewer=request.user, text=request.query_params.get("q", ""))
        return self.page(rows, lambda row: CustomerLineOut(row).data)


class CustomerView(DomainView):
    """One customer."""

    permission_classes = [SendsData]

    @extend_schema(operation_id="customers_retrieve", responses=CustomerOut)
    def get(self, request: Request, external_id: str) -> Response:
        """The customer with the values that the caller may see."""
        record = selectors.customer_for(viewer=request.user, external_id=external_id)
        return with_etag(Response(CustomerOut(record).data), _etag(record))

    @extend_schema(operation_id="customers_merge", request=CustomerIn, responses=CustomerOut, parameters=[_CORRECTION])
    def put(self, request: Request, external_id: str) -> Response:
        """Merge values into the customer, who is born if the id is new. null clears; a wrong type is a 400 and stores
        nothing. An id that was merged into another customer means that one, whom the answer names.
        """
        asked = CustomerIn(data=request.data)
        asked.is_valid(raise_exception=True)
        record = merge_customer(
            actor=cast(Actor, request.user),
            external_id=external_id,
            attributes=asked.validated_data["attributes"],
            source_key=asked.validated_data.get("source"),
            base_seq=_base(request, external_id),
            is_correction=_is_correction(request),
        )
        shown = None
        if may_read(request):
            shown = selectors.customer_for(viewer=request.user, external_id=record.external_id)
        body = (
            CustomerOut(shown).data if shown else {"external_id": record.external_id, "changed_at": record.changed_at}
        )
        return with_etag(Response(body), _etag(record))

    @extend_schema(operation_id="customers_erase", request=EraseIn, responses={204: None})
    def delete(self, request: Request, external_id: str) -> Response:
        """Erase the customer for good, for a reason."""
        asked = EraseIn(data=request.data)
        asked.is_valid(raise_exception=True)
        reason = asked.validated_data["reason"]
        erase_customer(actor=cast(Actor, request.user), external_id=external_id, reason=reason)
        return Response(status=204)


class CustomerEventsView(DomainView):
    """What one customer did."""

    pagination_class = CursorPages
    cursor_ordering = "-at", "-id"

    @extend_schema(
        operation_id="customers_events",
        parameters=[OpenApiParameter("name", str, description="of the event, or the type of calls without a name")],
        responses=CustomerEventOut(many=True),
    )
    def get(self, request: Request, external_id: str) -> Response:
        """The events of the customer, newest first; traits of attributes that the caller sees, properties for those who
        see personal values.
        """
        record = selectors.customer_for(viewer=request.user, external_id=external_id)
        rows = events_of(record, name=request.query_params.get("name", ""))
        return self.page(rows, lambda event: CustomerEventOut(event_lines(viewer=request.user, events=[event])[0]).data)


def _base(request: Request, external_id: str) -> int | None:
    """The change that an If-Match names, once it is the newest one."""
    if request.headers.get("If-Match", "*").strip() == "*":
        return None
    try:
        record = selectors.customer_for(viewer=request.user, external_id=external_id)
    except NotFound:
        raise Stale("There is no such customer any more, or not yet. Read again and repeat your change.") from None
    check_if_match(request, _etag(record))
    return record.changed_seq


class BulkView(DomainView):
    """Many customers at once."""

    permission_classes = [SendsData]

    @extend_schema(operation_id="customers_bulk", request=BulkIn, responses=BulkOut, parameters=[_CORRECTION])
    def post(self, request: Request) -> Response:
        """Merge up to 10,000 customers; one result per row, sound rows are stored, refused ones are not."""
        asked = BulkIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        results = merge_customers_bulk(
            actor=cast(Actor, request.user),
            rows=given["customers"],
            source_key=given.get("source"),
            is_correction=_is_correction(request),
        )
        tally = Counter(result.status for result in results)
        names = ("created", "changed", "unchanged", "refused")
        return Response(BulkOut({**{name: tally[name] for name in names}, "results": results}).data)
