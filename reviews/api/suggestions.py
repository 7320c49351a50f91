"""Suggestions for client programs: offering another wording, taking it, declining it."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView
from reviews.api.inputs import NothingIn, SuggestionIn
from reviews.api.serializers import RequestDetailOut, SuggestionOut
from reviews.api.views import current, detail, read
from reviews.selectors import request_for
from reviews.services.suggesting import decline_suggestion, suggest_wording, take_suggestion


class SuggestionsView(DomainView):
    """The suggestions on a request."""

    pagination_class = CursorPages
    cursor_ordering = "pk"

    @extend_schema(operation_id="change_requests_suggestions", responses=SuggestionOut(many=True))
    def get(self, request: Request, request_id: int) -> Response:
        """All of them, oldest first."""
        found = request_for(viewer=request.user, request_id=request_id)
        rows = found.suggestions.select_related("author", "revision")
        return self.page(rows, lambda row: SuggestionOut(row).data)

    @extend_schema(operation_id="change_requests_suggest", request=SuggestionIn, responses={201: SuggestionOut})
    def post(self, request: Request, request_id: int) -> Response:
        """Offer another wording; once it is taken the caller has written part of the request and cannot vote on it."""
        made = suggest_wording(actor=request.user, request_id=request_id, **read(SuggestionIn, request))
        return Response(SuggestionOut(made).data, status=status.HTTP_201_CREATED)


class SuggestionTakeView(DomainView):
    """Taking a suggestion."""

    @extend_schema(operation_id="change_requests_suggestion_take", request=NothingIn, responses=RequestDetailOut)
    def post(self, request: Request, request_id: int, suggestion_id: int) -> Response:
        """Write what was suggested as a new revision; votes on the old one are void."""
        lock_version = current(request, request_id)
        read(NothingIn, request)
        take_suggestion(
            actor=request.user, request_id=request_id, suggestion_id=suggestion_id, lock_version=lock_version
        )
        return detail(request, request_id)


class SuggestionDeclineView(DomainView):
    """Declining a suggestion, or taking one's own back."""

    @extend_schema(operation_id="change_requests_suggestion_decline", request=NothingIn, responses=SuggestionOut)
    def post(self, request: Request, request_id: int, suggestion_id: int) -> Response:
        """Close it; the request stays as it is."""
        read(NothingIn, request)
        closed = decline_suggestion(actor=request.user, request_id=request_id, suggestion_id=suggestion_id)
        return Response(SuggestionOut(closed).data)
