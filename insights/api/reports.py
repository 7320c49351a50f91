"""Reports of misclassifications for client programs."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.selectors import user_by_username
from common.actors import Actor
from common.api import CursorPages, DomainView, StrictSerializer
from insights import selectors, services
from insights.choices import Claim, ReportState
from insights.models import MisclassificationReport
from insights.policies import ReportPolicy
from insights.selectors.reports import names_of

FILTERS = [
    OpenApiParameter("state", str, enum=["unsettled", *ReportState.values], description="unsettled: open or accepted"),
    OpenApiParameter("segment", str, description="key of a segment"),
]


class MisclassificationIn(StrictSerializer):
    """What somebody finds wrong."""

    customer = serializers.CharField(max_length=200, help_text="id of the customer")
    segment = serializers.CharField(max_length=63, help_text="key of the segment")
    claim = serializers.ChoiceField(choices=Claim.choices, help_text="in: should be in; out: should not be in")
    why = serializers.CharField(max_length=1000)


class JudgementIn(StrictSerializer):
    """What becomes of a report."""

    move = serializers.ChoiceField(choices=["accept", "refuse", "fix", "reopen"])
    answer = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class AssignmentIn(StrictSerializer):
    """Who is to judge a report."""

    username = serializers.CharField(max_length=150)


class MisclassificationOut(serializers.Serializer[Any]):
    """One report. `customer` is null when the customer was erased."""

    id = serializers.IntegerField()
    segment = serializers.CharField(source="segment_key")
    customer = serializers.SerializerMethodField()
    claim = serializers.ChoiceField(choices=Claim.choices)
    why = serializers.CharField()
    state = serializers.ChoiceField(choices=ReportState.choices)
    answer = serializers.CharField()
    version = serializers.IntegerField(source="version_number", allow_null=True)
    run = serializers.IntegerField(source="run_id", allow_null=True)
    reported_by = serializers.CharField(source="reported_by.username")
    reported_at = serializers.DateTimeField()
    assigned_to = serializers.CharField(source="assigned_to.username", allow_null=True, default=None)
    judged_by = serializers.CharField(source="judged_by.username", allow_null=True, default=None)
    judged_at = serializers.DateTimeField(allow_null=True)

    def get_customer(self, report: MisclassificationReport) -> str | None:
        return names_of([report]).get(report.customer_ordinal)


class MisclassificationsView(DomainView):
    """Reports."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(
        operation_id="misclassifications_list", parameters=FILTERS, responses=MisclassificationOut(many=True)
    )
    def get(self, request: Request) -> Response:
        """The reports that the caller may see, newest first."""
        ReportPolicy().require(request.user, "view")
        asked = request.query_params
        rows = selectors.reports_for(
            viewer=request.user, state=asked.get("state", ""), segment_key=asked.get("segment", "").replace("\x00", "")
        )
        return self.page(rows, lambda row: MisclassificationOut(row).data)

    @extend_schema(
        operation_id="misclassifications_create", request=MisclassificationIn, responses={201: MisclassificationOut}
    )
    def post(self, request: Request) -> Response:
        """Report that a customer is in a segment and should not be, or the other way round."""
        ReportPolicy().require(request.user, "report")
        asked = MisclassificationIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        made = services.report_misclassification(
            actor=cast(Actor, request.user),
            external_id=given["customer"],
            segment_key=given["segment"],
            claim=given["claim"],
            why=given["why"],
        )
        return Response(MisclassificationOut(made).data, status=status.HTTP_201_CREATED)


class MisclassificationView(DomainView):
    """One report."""

    @extend_schema(operation_id="misclassifications_get", responses=MisclassificationOut)
    def get(self, request: Request, report_id: int) -> Response:
        """One report."""
        return Response(MisclassificationOut(selectors.report_for(viewer=request.user, report_id=report_id)).data)


def _require_triage(request: Request, report_id: int) -> None:
    found = selectors.report_for(viewer=request.user, report_id=report_id)
    ReportPolicy().require(request.user, "triage", found.segment_key)


class MisclassificationJudgeView(DomainView):
    """Judges a report."""

    @extend_schema(operation_id="misclassifications_judge", request=JudgementIn, responses=MisclassificationOut)
    def post(self, request: Request, report_id: int) -> Response:
        """Accept, refuse, mark as fixed or open again. A refusal must have an answer."""
        _require_triage(request, report_id)
        asked = JudgementIn(data=request.data)
        asked.is_valid(raise_exception=True)
        actor = cast(Actor, request.user)
        found = services.judge_report(actor=actor, report_id=report_id, **asked.validated_data)
        return Response(MisclassificationOut(found).data)


class MisclassificationAssignView(DomainView):
    """Gives a report to a person."""

    @extend_schema(operation_id="misclassifications_assign", request=AssignmentIn, responses=MisclassificationOut)
    def post(self, request: Request, report_id: int) -> Response:
        """Give the report to somebody who may judge it."""
        _require_triage(request, report_id)
        asked = AssignmentIn(data=request.data)
        asked.is_valid(raise_exception=True)
        person = user_by_username(asked.validated_data["username"])
        actor = cast(Actor, request.user)
        found = services.assign_report(actor=actor, report_id=report_id, user_id=person.pk)
        return Response(MisclassificationOut(found).data)
