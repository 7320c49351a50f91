"""Upkeep for client programs."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.actors import Actor
from common.api import CursorPages, DomainView
from stewardship import services
from stewardship.api import serializers as shapes
from stewardship.choices import Kept
from stewardship.policies import AuditPolicy, UpkeepPolicy
from stewardship.selectors.assessments import assessments_of
from stewardship.selectors.audits import campaign_for, campaigns_for
from stewardship.selectors.calendar import calendar_for, occurrences_for, rituals_for
from stewardship.selectors.cases import case_for, cases_for
from stewardship.selectors.kept import thing, things

_STATE = OpenApiParameter("state", str, enum=["open", "closed"], description="all when left out")


def _actor(request: Request) -> Any:
    return cast(Actor, request.user)


class _Paged(DomainView):
    pagination_class = CursorPages
    cursor_ordering = "-pk"


class CasesView(_Paged):
    """Cases."""

    @extend_schema(operation_id="cases_list", parameters=[_STATE], responses=shapes.CaseOut(many=True))
    def get(self, request: Request) -> Response:
        """Alarms that somebody answers for, newest first."""
        UpkeepPolicy().require(request.user, "view")
        rows = cases_for(viewer=request.user, state=request.query_params.get("state", "")).order_by("-pk")
        return self.page(rows, lambda row: shapes.CaseOut(row).data)


class CaseView(DomainView):
    """One case."""

    @extend_schema(operation_id="cases_get", responses=shapes.CaseWholeOut)
    def get(self, request: Request, case_id: int) -> Response:
        """One case with what happened."""
        return Response(shapes.CaseWholeOut(case_for(viewer=request.user, case_id=case_id)).data)


class CaseMoveView(DomainView):
    """Works on a case."""

    @extend_schema(operation_id="cases_move", request=shapes.CaseMoveIn, responses=shapes.CaseWholeOut)
    def post(self, request: Request, case_id: int) -> Response:
        """Take it, answer, hand it on, close it."""
        case_for(viewer=request.user, case_id=case_id)
        asked = shapes.CaseMoveIn(data=request.data)
        asked.is_valid(raise_exception=True)
        services.move_case(actor=_actor(request), case_id=case_id, **asked.validated_data)
        return Response(shapes.CaseWholeOut(case_for(viewer=request.user, case_id=case_id)).data)


class ReviewsView(DomainView):
    """Review-by dates."""

    @extend_schema(operation_id="upkeep_list", responses=shapes.KeptOut(many=True))
    def get(self, request: Request) -> Response:
        """Everything that has to be looked at again, what is due first."""
        UpkeepPolicy().require(request.user, "view")
        return Response({"results": shapes.KeptOut(things(), many=True).data, "next": None})


class ReviewView(DomainView):
    """Looks at one thing."""

    @extend_schema(operation_id="upkeep_review", request=shapes.ReviewIn, responses={201: shapes.ReviewOut})
    def post(self, request: Request, type_: str, key: str) -> Response:
        """Reviewed, nothing to change, because."""
        UpkeepPolicy().require(request.user, "review", thing(type_, key))
        asked = shapes.ReviewIn(data=request.data)
        asked.is_valid(raise_exception=True)
        answers = dict(asked.validated_data)
        reason = answers.pop("reason")
        made = services.record_review(actor=_actor(request), type_=type_, key=key, reason=reason, answers=answers)
        return Response(shapes.ReviewOut(made).data, status=status.HTTP_201_CREATED)


class AssessmentsView(_Paged):
    """Assessments of a segment."""

    @extend_schema(operation_id="assessments_list", responses=shapes.AssessmentOut(many=True))
    def get(self, request: Request, key: str) -> Response:
        """How the segment was assessed, newest first."""
        UpkeepPolicy().require(request.user, "view")
        thing(Kept.SEGMENT, key)
        return self.page(assessments_of(key), lambda row: shapes.AssessmentOut(row).data)

    @extend_schema(
        operation_id="assessments_create", request=shapes.AssessmentIn, responses={201: shapes.AssessmentOut}
    )
    def post(self, request: Request, key: str) -> Response:
        """Assess the segment by three criteria."""
        UpkeepPolicy().require(request.user, "assess", thing(Kept.SEGMENT, key))
        asked = shapes.AssessmentIn(data=request.data)
        asked.is_valid(raise_exception=True)
        made = services.assess_segment(actor=_actor(request), key=key, scores=dict(asked.validated_data))
        return Response(shapes.AssessmentOut(made).data, status=status.HTTP_201_CREATED)


class AuditsView(_Paged):
    """Audits."""

    @extend_schema(operation_id="audits_list", responses=shapes.AuditOut(many=True))
    def get(self, request: Request) -> Response:
        """All audits, newest first."""
        AuditPolicy().require(request.user, "view")
        return self.page(campaigns_for(viewer=request.user), lambda row: shapes.AuditOut(row).data)

    @extend_schema(operation_id="audits_create", request=shapes.AuditIn, responses={201: shapes.AuditOut})
    def post(self, request: Request) -> Response:
        """Open an audit."""
        AuditPolicy().require(request.user, "open")
        asked = shapes.AuditIn(data=request.data)
        asked.is_valid(raise_exception=True)
        made = services.open_campaign(actor=_actor(request), **asked.validated_data)
        found = campaign_for(viewer=request.user, campaign_id=made.pk)
        return Response(shapes.AuditOut(found).data, status=status.HTTP_201_CREATED)


class AuditView(DomainView):
    """One audit."""

    @extend_schema(operation_id="audits_get", responses=shapes.AuditOut)
    def get(self, request: Request, campaign_id: int) -> Response:
        """One audit, with its report once it is closed."""
        return Response(shapes.AuditOut(campaign_for(viewer=request.user, campaign_id=campaign_id)).data)


class AuditSignView(DomainView):
    """Signs an audit."""

    @extend_schema(operation_id="audits_sign", request=None, responses=shapes.AuditOut)
    def post(self, request: Request, campaign_id: int) -> Response:
        """Sign it off, as its owner or its auditor."""
        campaign_for(viewer=request.user, campaign_id=campaign_id)
        services.sign_campaign(actor=_actor(request), campaign_id=campaign_id)
        return Response(shapes.AuditOut(campaign_for(viewer=request.user, campaign_id=campaign_id)).data)


class CalendarView(DomainView):
    """The calendar of upkeep."""

    @extend_schema(operation_id="upkeep_calendar", responses=shapes.CalendarOut(many=True))
    def get(self, request: Request) -> Response:
        """What is due, by day."""
        UpkeepPolicy().require(request.user, "view")
        return Response(
            {"results": shapes.CalendarOut(calendar_for(viewer=request.user), many=True).data, "next": None}
        )


class RitualsView(_Paged):
    """Rituals."""

    @extend_schema(operation_id="rituals_list", responses=shapes.RitualOut(many=True))
    def get(self, request: Request) -> Response:
        """All rituals, newest first."""
        UpkeepPolicy().require(request.user, "view")
        rows = rituals_for(viewer=request.user, with_ended=True).order_by("-pk")
        return self.page(rows, lambda row: shapes.RitualOut(row).data)


class OccurrencesView(_Paged):
    """What was held."""

    @extend_schema(operation_id="sessions_list", responses=shapes.OccurrenceOut(many=True))
    def get(self, request: Request) -> Response:
        """Rituals held and sessions planned, newest first."""
        UpkeepPolicy().require(request.user, "view")
        rows = occurrences_for(viewer=request.user).order_by("-pk")
        return self.page(rows, lambda row: shapes.OccurrenceOut(row).data)
