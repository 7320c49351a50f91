"""Change requests for client programs."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView, check_if_match, etag_of, with_etag
from reviews.api.inputs import (
    CommentIn,
    NothingIn,
    RebaseIn,
    RequestEditIn,
    RequestIn,
    ScheduleIn,
    VoteIn,
)
from reviews.api.serializers import RequestDetailOut, RequestOut
from reviews.api.shapes import detail_shape, request_shape
from reviews.choices import Kind, State, SubjectType
from reviews.filters import RequestFilter
from reviews.selectors import detail_for, request_for, requests_for
from reviews.services.applying import apply_request
from reviews.services.comments import add_comment
from reviews.services.evidencing import take_evidence
from reviews.services.requests import (
    create_request,
    edit_request,
    rebase_request,
    schedule_request,
    submit_request,
    withdraw_request,
)
from reviews.services.voting import cast_vote


def detail(request: Request, request_id: int, code: int = status.HTTP_200_OK) -> Response:
    """The request as the caller sees it now, with its ETag."""
    found = detail_for(viewer=request.user, request_id=request_id)
    response = Response(RequestDetailOut(detail_shape(found, request.user)).data, status=code)
    return with_etag(response, etag_of("request", request_id, found.request.version))


def current(request: Request, request_id: int) -> int | None:
    """The version that the caller's If-Match names; None without one; refuses (412) when it is an older one."""
    found = request_for(viewer=request.user, request_id=request_id)
    check_if_match(request, etag_of("request", request_id, found.version))
    return found.version if "If-Match" in request.headers else None


def read(serializer: type[Any], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class RequestListView(DomainView):
    """Change requests."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(
        operation_id="change_requests_list",
        parameters=[
            OpenApiParameter("state", str, enum=["open", "decided", *State.values]),
            OpenApiParameter("kind", str, enum=Kind.values),
            OpenApiParameter("type", str, enum=SubjectType.values),
            OpenApiParameter("subject", str, description="key of the subject"),
            OpenApiParameter("board", str, description="key"),
            OpenApiParameter("author", str, description="user name"),
            OpenApiParameter("waiting", bool, description="waiting for the caller"),
            OpenApiParameter("mine", bool, description="written by the caller"),
            OpenApiParameter("q", str, description="in title or key"),
        ],
        responses=RequestOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """The requests that the caller may see, newest first."""
        rows = requests_for(viewer=request.user)
        narrowed = RequestFilter(request.query_params, queryset=rows, viewer=request.user).narrowed()
        return self.page(narrowed, lambda each: RequestOut(request_shape(each)).data)

    @extend_schema(operation_id="change_requests_create", request=RequestIn, responses={201: RequestDetailOut})
    def post(self, request: Request) -> Response:
        """Begin a draft; `warnings` names other requests about the same subject."""
        given = read(RequestIn, request)
        subject = given.pop("subject")
        made = create_request(actor=request.user, subject_type=subject["type"], subject_key=subject["key"], **given)
        return detail(request, made.pk, status.HTTP_201_CREATED)


class RequestView(DomainView):
    """One change request."""

    @extend_schema(operation_id="change_requests_retrieve", responses=RequestDetailOut)
    def get(self, request: Request, request_id: int) -> Response:
        """The request with difference, checks, impact, votes and what is missing to decide."""
        return detail(request, request_id)

    @extend_schema(operation_id="change_requests_edit", request=RequestEditIn, responses=RequestDetailOut)
    def patch(self, request: Request, request_id: int) -> Response:
        """Edit it; any change is a new revision and voids the votes on the old one."""
        lock_version = current(request, request_id)
        changes = read(RequestEditIn, request)
        edit_request(actor=request.user, request_id=request_id, changes=changes, lock_version=lock_version)
        return detail(request, request_id)


class SubmitView(DomainView):
    """Putting a request before its board."""

    @extend_schema(operation_id="change_requests_submit", request=NothingIn, responses=RequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Submit it; the impact is computed and kept with it."""
        lock_version = current(request, request_id)
        read(NothingIn, request)
        submit_request(actor=request.user, request_id=request_id, lock_version=lock_version)
        return detail(request, request_id)


class WithdrawView(DomainView):
    """Taking a request back."""

    @extend_schema(operation_id="change_requests_withdraw", request=NothingIn, responses=RequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Withdraw it for good."""
        lock_version = current(request, request_id)
        read(NothingIn, request)
        withdraw_request(actor=request.user, request_id=request_id, lock_version=lock_version)
        return detail(request, request_id)


class VotesView(DomainView):
    """Voting."""

    @extend_schema(operation_id="change_requests_vote", request=VoteIn, responses={201: RequestDetailOut})
    def post(self, request: Request, request_id: int) -> Response:
        """Cast the caller's vote on what `digest` names; 409 when the request is no longer that."""
        given = read(VoteIn, request)
        cast_vote(actor=request.user, request_id=request_id, **given)
        return detail(request, request_id, status.HTTP_201_CREATED)


class CommentsView(DomainView):
    """The conversation."""

    @extend_schema(operation_id="change_requests_comment", request=CommentIn, responses={201: RequestDetailOut})
    def post(self, request: Request, request_id: int) -> Response:
        """Add a remark; it voids nothing."""
        add_comment(actor=request.user, request_id=request_id, **read(CommentIn, request))
        return detail(request, request_id, status.HTTP_201_CREATED)


class ScheduleView(DomainView):
    """The effective date."""

    @extend_schema(operation_id="change_requests_schedule", request=ScheduleIn, responses=RequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Set when it shall take effect; votes for another date are void."""
        given = {"lock_version": current(request, request_id), **read(ScheduleIn, request)}
        schedule_request(actor=request.user, request_id=request_id, **given)
        return detail(request, request_id)


class RebaseView(DomainView):
    """Bringing a request up to date."""

    @extend_schema(operation_id="change_requests_rebase", request=RebaseIn, responses=RequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Write it against the live version; 409 names the fields in `conflicts` that need a choice."""
        given = {"lock_version": current(request, request_id), **read(RebaseIn, request)}
        rebase_request(actor=request.user, request_id=request_id, **given)
        return detail(request, request_id)


class ApplyView(DomainView):
    """Putting an approved request into effect."""

    @extend_schema(operation_id="change_requests_apply", request=NothingIn, responses=RequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Put it into effect once its date has come; it turns stale when it no longer fits."""
        lock_version = current(request, request_id)
        read(NothingIn, request)
        apply_request(actor=request.user, request_id=request_id, lock_version=lock_version)
        return detail(request, request_id)


class EvidenceView(DomainView):
    """The evidence pack."""

    @extend_schema(operation_id="change_requests_evidence", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, request_id: int) -> HttpResponse:
        """A zip with all that the decision rests on and a script that checks it; the ledger enters who took it."""
        pack = take_evidence(actor=request.user, request_id=request_id)
        response = HttpResponse(pack, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="request-{request_id}-evidence.zip"'
        return response
