"""Rituals and sessions for client programs: planned, changed, ended, held with decisions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView, check_if_match, etag_of, with_etag
from stewardship import services
from stewardship.api.reading import Paged, actor_of, read
from stewardship.api.ritual_serializers import HoldRitualIn, HoldSessionIn, RitualIn, SessionIn
from stewardship.api.serializers import OccurrenceOut, RitualOut
from stewardship.policies import UpkeepPolicy
from stewardship.selectors.calendar import occurrence_for, occurrences_for, ritual_for, rituals_for


def _ritual(request: Request, ritual_id: int, code: int = status.HTTP_200_OK) -> Response:
    shape = RitualOut(ritual_for(viewer=request.user, ritual_id=ritual_id)).data
    return with_etag(Response(shape, status=code), etag_of("ritual", ritual_id, dict(shape)))


def _occurrence(request: Request, occurrence_id: int, code: int = status.HTTP_200_OK) -> Response:
    found = occurrence_for(viewer=request.user, occurrence_id=occurrence_id)
    return Response(OccurrenceOut(found).data, status=code)


class RitualsView(Paged):
    """Rituals."""

    @extend_schema(operation_id="rituals_list", responses=RitualOut(many=True))
    def get(self, request: Request) -> Response:
        """All rituals, newest first."""
        UpkeepPolicy().require(request.user, "view")
        rows = rituals_for(viewer=request.user, with_ended=True).order_by("-pk")
        return self.page(rows, lambda row: RitualOut(row).data)

    @extend_schema(operation_id="rituals_plan", request=RitualIn, responses={201: RitualOut})
    def post(self, request: Request) -> Response:
        """Plan one."""
        UpkeepPolicy().require(request.user, "plan")
        made = services.plan_ritual(actor=actor_of(request), **read(RitualIn, request))
        return _ritual(request, made.pk, status.HTTP_201_CREATED)


class RitualView(DomainView):
    """One ritual."""

    @extend_schema(operation_id="rituals_get", responses=RitualOut)
    def get(self, request: Request, ritual_id: int) -> Response:
        """One ritual."""
        return _ritual(request, ritual_id)

    @extend_schema(operation_id="rituals_change", request=RitualIn, responses=RitualOut)
    def put(self, request: Request, ritual_id: int) -> Response:
        """Another cadence, agenda or circle; what is left out has its default."""
        UpkeepPolicy().require(request.user, "keep", ritual_for(viewer=request.user, ritual_id=ritual_id))
        check_if_match(request, str(_ritual(request, ritual_id)["ETag"]))
        services.plan_ritual(actor=actor_of(request), ritual_id=ritual_id, **read(RitualIn, request))
        return _ritual(request, ritual_id)


class RitualEndView(DomainView):
    """Ends a ritual."""

    @extend_schema(operation_id="rituals_end", request=None, responses=RitualOut)
    def post(self, request: Request, ritual_id: int) -> Response:
        """End it; what was held stays."""
        ritual_for(viewer=request.user, ritual_id=ritual_id)
        services.end_ritual(actor=actor_of(request), ritual_id=ritual_id)
        return _ritual(request, ritual_id)


class RitualHoldView(DomainView):
    """Writes down what came of a ritual."""

    @extend_schema(operation_id="rituals_hold", request=HoldRitualIn, responses={201: OccurrenceOut})
    def post(self, request: Request, ritual_id: int) -> Response:
        """It was held on that day, with notes and decisions; a recalibration asks for its run."""
        UpkeepPolicy().require(request.user, "hold", ritual_for(viewer=request.user, ritual_id=ritual_id))
        given: dict[str, Any] = read(HoldRitualIn, request)
        made = services.hold_ritual(actor=actor_of(request), ritual_id=ritual_id, **given)
        return _occurrence(request, made.pk, status.HTTP_201_CREATED)


class SessionsView(Paged):
    """What was held."""

    @extend_schema(operation_id="sessions_list", responses=OccurrenceOut(many=True))
    def get(self, request: Request) -> Response:
        """Rituals held and sessions planned, newest first."""
        UpkeepPolicy().require(request.user, "view")
        rows = occurrences_for(viewer=request.user).order_by("-pk")
        return self.page(rows, lambda row: OccurrenceOut(row).data)

    @extend_schema(operation_id="sessions_plan", request=SessionIn, responses={201: OccurrenceOut})
    def post(self, request: Request) -> Response:
        """Plan a joint session of at least two teams; who attends is told."""
        UpkeepPolicy().require(request.user, "plan")
        made = services.plan_session(actor=actor_of(request), **read(SessionIn, request))
        return _occurrence(request, made.pk, status.HTTP_201_CREATED)


class SessionView(DomainView):
    """One session, or one time that a ritual was held."""

    @extend_schema(operation_id="sessions_get", responses=OccurrenceOut)
    def get(self, request: Request, occurrence_id: int) -> Response:
        """What was planned and what came of it."""
        return _occurrence(request, occurrence_id)


class SessionHoldView(DomainView):
    """Writes down what came of a session."""

    @extend_schema(operation_id="sessions_hold", request=HoldSessionIn, responses=OccurrenceOut)
    def post(self, request: Request, occurrence_id: int) -> Response:
        """It was held, with notes and decisions; once."""
        found = occurrence_for(viewer=request.user, occurrence_id=occurrence_id)
        UpkeepPolicy().require(request.user, "hold", found)
        services.hold_session(actor=actor_of(request), occurrence_id=occurrence_id, **read(HoldSessionIn, request))
        return _occurrence(request, occurrence_id)
