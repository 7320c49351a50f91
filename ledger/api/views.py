"""The trail for client programs."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView
from ledger.api.serializers import EntrySerializer, entry_shape
from ledger.filters import TrailFilter
from ledger.selectors import entries_for, lines


class LedgerView(DomainView):
    """The trail, newest first."""

    cursor_ordering = "-id"
    pagination_class = CursorPages

    @extend_schema(
        operation_id="ledger_list",
        parameters=[
            OpenApiParameter("object", str, description="`type` or `type:key`, for example `segment:loyal`"),
            OpenApiParameter("actor", str, description="user name"),
            OpenApiParameter("event", str, description="event name or its first part"),
        ],
        responses=EntrySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Facts that the caller may see."""
        rows = entries_for(viewer=request.user, **TrailFilter(request.query_params).narrowing())
        return self.page(rows, lambda entry: EntrySerializer(entry_shape(lines([entry])[0])).data)
