"""Upkeep for client programs."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from stewardship import services
from stewardship.api import serializers as shapes
from stewardship.api.reading import Paged, actor_of, read
from stewardship.choices import Kept
from stewardship.policies import UpkeepPolicy
from stewardship.selectors.assessments import assessments_of
from stewardship.selectors.calendar import calendar_for
from stewardship.selectors.cases import case_for, cases_for
from stewardship.selectors.kept import thing, things

_STATE = OpenApiParameter("state", str, enum=["open", "closed"], description="all when left out")


class CasesView(Paged):
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
        services.move_case(actor=actor_of(request), case_id=case_id, **read(shapes.CaseMoveIn, request))
        return Response(shapes.CaseWholeOut(case_for(viewer=request.user, case_id=case_id)).data)


class ReviewsView(Paged):
    """Review-by dates."""

    @extend_schema(operation_id="upkeep_list", responses=shapes.KeptOut(many=True))
    def get(self, request: Request) -> Response:
        """Everything that has to be looked at again, what is due first."""
        UpkeepPolicy().require(request.user, "view")
        return self.page(things(), lambda row: shapes.KeptOut(row).data)


class ReviewView(DomainView):
    """Looks at one thing."""

    @extend_schema(operation_id="upkeep_review", request=shapes.ReviewIn, responses={201: shapes.ReviewOut})
    def post(self, request: Request, type_: str, key: str) -> Response:
        """Reviewed, nothing to change, because."""
        UpkeepPolicy().require(request.user, "review", thing(type_, key))
        answers = read(shapes.ReviewIn, request)
        reason = answers.pop("reason")
        made = services.record_review(actor=actor_of(request), type_=type_, key=key, reason=reason, answers=answers)
        return Response(shapes.ReviewOut(made).data, status=status.HTTP_201_CREATED)


class AssessmentsView(Paged):
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
        made = services.assess_segment(actor=actor_of(request), key=key, scores=read(shapes.AssessmentIn, request))
        return Response(shapes.AssessmentOut(made).data, status=status.HTTP_201_CREATED)


class CalendarView(Paged):
    """The calendar of upkeep."""

    @extend_schema(operation_id="upkeep_calendar", responses=shapes.CalendarOut(many=True))
    def get(self, request: Request) -> Response:
        """What is due, by day."""
        UpkeepPolicy().require(request.user, "view")
        return self.page(calendar_for(viewer=request.user), lambda row: shapes.CalendarOut(row).data)
