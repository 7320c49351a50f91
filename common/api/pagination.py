"""Cursor pagination in the contract's envelope: results and next."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class CursorPages(CursorPagination):
    """`?limit=` up to 500 (default 50), `?cursor=` opaque; ordering by primary key unless the view says otherwise."""

    page_size = 50
    max_page_size = 500
    page_size_query_param = "limit"
    ordering = "pk"

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> Any:
        ordering = getattr(view, "cursor_ordering", None) or self.ordering
        return (ordering,) if isinstance(ordering, str) else tuple(ordering)

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
