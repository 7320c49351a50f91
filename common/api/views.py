"""The base of our API views."""

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.pagination import CursorPages, ListPages


class DomainView(APIView):
    """Parses, calls one service or selector, renders. `required_scope` overrides read/write by method."""

    required_scope: ClassVar[str | None] = None
    cursor_ordering: ClassVar[str | tuple[str, ...] | None] = None

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What one person may see is kept by no cache on the way."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        if "Cache-Control" not in answer:
            answer["Cache-Control"] = "private, no-store"
        return answer

    def page(self, queryset: Any, shape: Callable[[Any], Any]) -> Response:
        """One cursor page of a queryset, or of a list in its order, each row shaped by `shape`."""
        pages = ListPages() if isinstance(queryset, list) else CursorPages()
        rows: list[Any] | None = pages.paginate_queryset(queryset, self.request, view=self)
        return pages.get_paginated_response([shape(row) for row in rows or []])
