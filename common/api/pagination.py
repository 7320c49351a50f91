"""Cursor pagination in the contract's envelope: results and next."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from common.errors import Invalid


class CursorPages(CursorPagination):
    """`?limit=` up to 500 (default 50), `?cursor=` opaque; ordering by primary key unless the view says otherwise."""

    page_size = 50
    max_page_size = 500
    page_size_query_param = "limit"
    ordering = "pk"

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> Any:
        ordering = getattr(view, "cursor_ordering", None) or self.ordering
        return (ordering,) if isinstance(ordering, str) else tuple(ordering)

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, ValidationError, OverflowError) as odd:
            # The place that a cursor names is compared with a column: text in place of a number must not get that far.
            raise Invalid(
                "This cursor is not one of ours. Begin without it.", code="bad_cursor", pointer="/cursor"
            ) from odd

    def decode_cursor(self, request: Any) -> Any:
        cursor = super().decode_cursor(request)
        if cursor is not None and "\x00" in str(cursor.position or ""):
            raise NotFound
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.get_next_link()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "format": "uri", "nullable": True},
            },
        }


class ListPages(CursorPages):
    """The same pages over rows that are at hand already, in their order; the cursor is the number of those before."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        size = self.get_page_size(request) or self.page_size
        given = request.query_params.get(self.cursor_query_param, "0")
        if not (given.isascii() and given.isdigit() and len(given) < 10):
            raise Invalid("This cursor is not one of ours. Begin without it.", code="bad_cursor", pointer="/cursor")
        after = int(given) + size
        here = request.build_absolute_uri()
        self.following = replace_query_param(here, self.cursor_query_param, after) if after < len(queryset) else None
        return queryset[int(given) : after]

    def get_next_link(self) -> str | None:
        return self.following
