"""Memberships for client programs: members, changes, segments of a customer, explanations, previews and runs."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import RULE_QUESTIONS, CursorPages, DomainView
from customers.selectors import customer_for
from memberships import selectors, services
from memberships.api import parameters
from memberships.api.explaining import ExplanationOut
from memberships.api.serializers import (
    ChangesOut,
    CustomerSegmentsOut,
    MembersOut,
    PreviewOut,
    RepeatIn,
    RuleIn,
    RunIn,
    RunLineOut,
    RunOut,
)
from memberships.choices import Trigger
from memberships.policies import MembershipPolicy
from memberships.selectors.freshness import fresh_within_now
from taxonomy.policies import segments
from taxonomy.selectors import parse_for, segment_for

AT = OpenApiParameter("at", str, description="ISO 8601 instant in the past; now when left out")
CURSOR = OpenApiParameter("cursor", str, description="opaque; from `next`")
LIMIT = OpenApiParameter("limit", int, description=f"1 to {parameters.MOST}; {parameters.USUAL} when left out")


class PreviewView(DomainView):
    """Counts a rule on the newest build; stores nothing."""

    required_scope = "read"
    throttle_classes = RULE_QUESTIONS

    @extend_schema(operation_id="rules_preview", request=RuleIn, responses=PreviewOut)
    def post(self, request: Request) -> Response:
        """How many customers the rule selects, clause by clause."""
        segments.require(request.user, "view")
        asked = RuleIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        rule = parse_for(request.user, given.get("text", given.get("rule")), given.get("parent"))
        return Response(PreviewOut(selectors.preview_for(request.user, rule)).data)


def _walk(page: selectors.MembersPage) -> tuple[int, ...]:
    """What all pages of a walk have in common: the state, and the run and instants that the first page told of it.
    Later runs may find the same members, and the other pages would tell of those."""
    told = (parameters.stored_instant(moment) for moment in (page.as_of, page.published_at))
    return (page.position.snapshot_id, page.position.through, page.run_id, *told)


class MembersView(DomainView):
    """The members of one segment."""

    @extend_schema(
        operation_id="segments_members",
        parameters=[
            AT,
            CURSOR,
            LIMIT,
            OpenApiParameter("purpose", str, description="a purpose that an attribute declares; echoed"),
        ],
        responses=MembersOut,
    )
    def get(self, request: Request, key: str) -> Response:
        """Ids in order; all pages of one walk read the same state."""
        segment = segment_for(viewer=request.user, key=key)
        at = parameters.instant(request, "at")
        purpose = selectors.checked_purpose(request.query_params.get("purpose"))
        *begin, after = parameters.cursor(request, length=6) or (-1,)
        page = selectors.members_page_for(
            viewer=request.user,
            key=segment.key,
            at=at,
            after=after,
            limit=parameters.limit(request),
            begin=(begin[0], begin[1]) if begin else None,
        )
        walk = tuple(begin) or _walk(page)
        shape = {
            "results": page.external_ids,
            "next": parameters.next_url(request, None if page.next is None else (*walk, page.next)),
            "segment": segment.key,
            "version": page.version_number,
            "run": walk[2],
            "as_of": parameters.instant_stored(walk[3]),
            "published_at": parameters.instant_stored(walk[4]),
            "total": page.total,
            "state": None if at else selectors.size_of(segment.key).state,
            "fresh_within": None if at else fresh_within_now(segment.key),
            "purpose": purpose,
        }
        return Response(MembersOut(shape).data)


class ChangesView(DomainView):
    """Who entered and left one segment."""

    @extend_schema(
        operation_id="segments_changes",
        parameters=[
            OpenApiParameter("since", str, description="ISO 8601 instant; from the first when left out"),
            CURSOR,
            LIMIT,
        ],
        responses=ChangesOut,
    )
    def get(self, request: Request, key: str) -> Response:
        """Changes after `since`, oldest first, each with cause, version and run."""
        segment = segment_for(viewer=request.user, key=key)
        MembershipPolicy().require(request.user, "view_members")
        since = parameters.instant(request, "since")
        delta, position = parameters.cursor(request, length=2) or (0, 0)
        page = selectors.changes_since(segment.key, since, begin=(delta, position), limit=parameters.limit(request))
        shape = {"results": page.rows, "next": parameters.next_url(request, page.next), "segment": segment.key}
        return Response(ChangesOut(shape).data)


class SegmentRunsView(DomainView):
    """The runs that computed one segment."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(operation_id="segments_runs", responses=RunLineOut(many=True))
    def get(self, request: Request, key: str) -> Response:
        """Runs, newest first."""
        segment = segment_for(viewer=request.user, key=key)
        return self.page(selectors.runs_of_segment(request.user, segment.key), lambda run: RunLineOut(run).data)


class CustomerSegmentsView(DomainView):
    """The segments of one customer."""

    @extend_schema(operation_id="customers_segments", parameters=[AT], responses=CustomerSegmentsOut)
    def get(self, request: Request, external_id: str) -> Response:
        """Segments by name, with version, run and since when."""
        ordinal = selectors.ordinal_for(viewer=request.user, external_id=external_id)
        at = parameters.instant(request, "at")
        rows = selectors.segments_of_ordinal(ordinal, at)
        oldest = min((row.as_of for row in rows if row.as_of), default=None) or at or selectors.last_published_at()
        shape = {
            "customer": external_id,
            "as_of": oldest,
            "fresh_within": None if at else fresh_within_now(),
            # Plain: a field object for each value would take longer than all the rest of this answer.
            "results": [
                {
                    "key": row.key,
                    "name": row.name,
                    "version": row.version_number,
                    "since": row.since,
                    "run": row.run_id,
                    "as_of": row.as_of,
                }
                for row in rows
            ],
        }
        return Response(shape)


class ExplanationView(DomainView):
    """Why a customer is in a segment or not."""

    @extend_schema(
        operation_id="customers_explanation",
        parameters=[OpenApiParameter("segment", str, required=True, description="key")],
        responses=ExplanationOut,
    )
    def get(self, request: Request, external_id: str) -> Response:
        """Every clause with the value it read and its answer; what the caller may not see is masked."""
        customer = customer_for(viewer=request.user, external_id=external_id)
        segment = segment_for(viewer=request.user, key=request.query_params.get("segment", ""))
        found = selectors.explanation(viewer=request.user, external_id=customer.external_id, segment_key=segment.key)
        return Response(ExplanationOut(found).data)


class RunListView(DomainView):
    """Runs."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(operation_id="runs_list", responses=RunLineOut(many=True))
    def get(self, request: Request) -> Response:
        """All runs, newest first."""
        return self.page(selectors.runs_for(request.user), lambda run: RunLineOut(run).data)

    @extend_schema(operation_id="runs_create", request=RunIn, responses={202: RunOut})
    def post(self, request: Request) -> Response:
        """Request a run; the answer is the queued run that covers the request, which may be an earlier one."""
        asked = RunIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        run = services.request_run(
            actor=request.user,  # type: ignore[arg-type]
            trigger=Trigger.PERSON,
            segment_keys=given.get("segments", []),
            reason=given.get("reason", ""),
        )
        response = Response(RunOut(run).data, status=status.HTTP_202_ACCEPTED)
        response["Location"] = request.build_absolute_uri(f"{request.path}{run.pk}/")
        return response


class RunView(DomainView):
    """One run."""

    @extend_schema(operation_id="runs_retrieve", responses=RunOut)
    def get(self, request: Request, run_id: int) -> Response:
        """State and progress; the manifest when it has ended."""
        return Response(RunOut(selectors.run_for(viewer=request.user, run_id=run_id)).data)


class RunCancelView(DomainView):
    """Stops a run."""

    @extend_schema(operation_id="runs_cancel", request=None, responses=RunOut)
    def post(self, request: Request, run_id: int) -> Response:
        """Cancel a run that is queued or running; nothing of it is published."""
        run = services.cancel_run(actor=request.user, run_id=run_id)  # type: ignore[arg-type]
        return Response(RunOut(run).data)


class RunRetryView(DomainView):
    """Repeats a run."""

    @extend_schema(operation_id="runs_retry", request=None, responses={202: RunOut})
    def post(self, request: Request, run_id: int) -> Response:
        """Request again what a failed or cancelled run should have done."""
        run = services.retry_run(actor=request.user, run_id=run_id)  # type: ignore[arg-type]
        return Response(RunOut(run).data, status=status.HTTP_202_ACCEPTED)


class RunRepeatView(DomainView):
    """Computes a run again, to compare."""

    @extend_schema(operation_id="runs_repeat", request=RepeatIn, responses={202: RunOut})
    def post(self, request: Request, run_id: int) -> Response:
        """Compute what the run computed again, over the same build, with the rules as they were, at the same instant.

        Nothing is published. The answer is a run of the kind “repeat”; when it has ended, its `verdict` says whether
        the same came out, and its manifest in which segments not.
        """
        asked = RepeatIn(data=request.data)
        asked.is_valid(raise_exception=True)
        run = services.request_repeat(actor=request.user, run_id=run_id, options=asked.validated_data)  # type: ignore[arg-type]
        response = Response(RunOut(run).data, status=status.HTTP_202_ACCEPTED)
        response["Location"] = request.build_absolute_uri(reverse("api-run", args=[run.pk]))
        return response
