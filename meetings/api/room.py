"""What is done in one meeting, for client programs: places, agenda, notes, votes."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import DomainView
from meetings.api.reading import read, seen, whole
from meetings.api.serializers import (
    AttendanceIn,
    ConsentIn,
    ConsentResultsOut,
    ItemIn,
    MeetingWholeOut,
    MoveIn,
    NoteIn,
    RoomVoteIn,
)
from meetings.selectors import meeting_for
from meetings.services.agenda import add_item, add_note, move_item
from meetings.services.holding import close_meeting, open_meeting, take_place
from meetings.services.planning import cancel_meeting, draw_agenda
from meetings.services.voting import approve_consent, vote_in_meeting


class OpenView(DomainView):
    """Opens a meeting."""

    @extend_schema(operation_id="meetings_open", request=None, responses=MeetingWholeOut)
    def post(self, request: Request, meeting_id: int) -> Response:
        """Open it; the caller leads it. Everybody takes their own place."""
        seen(request, meeting_id)
        open_meeting(actor=request.user, meeting_id=meeting_id)
        return whole(request, meeting_id)


class CloseView(DomainView):
    """Closes a meeting."""

    @extend_schema(operation_id="meetings_close", request=None, responses=MeetingWholeOut)
    def post(self, request: Request, meeting_id: int) -> Response:
        """Close it; its minutes are written from the ledger and frozen with their digest."""
        close_meeting(actor=request.user, meeting_id=meeting_id, seen=seen(request, meeting_id))
        return whole(request, meeting_id)


class CancelView(DomainView):
    """Cancels a meeting."""

    @extend_schema(operation_id="meetings_cancel", request=None, responses=MeetingWholeOut)
    def post(self, request: Request, meeting_id: int) -> Response:
        """Cancel it before it begins; the members are told."""
        seen(request, meeting_id)
        cancel_meeting(actor=request.user, meeting_id=meeting_id)
        return whole(request, meeting_id)


class DrawView(DomainView):
    """Draws the agenda."""

    @extend_schema(operation_id="meetings_draw", request=None, responses=MeetingWholeOut)
    def post(self, request: Request, meeting_id: int) -> Response:
        """Put everything on the agenda that the board has to decide now; what stands there keeps its place."""
        seen(request, meeting_id)
        draw_agenda(actor=request.user, meeting_id=meeting_id)
        return whole(request, meeting_id)


class AttendanceView(DomainView):
    """Places in the room."""

    @extend_schema(operation_id="meetings_attend", request=AttendanceIn, responses=MeetingWholeOut)
    def post(self, request: Request, meeting_id: int) -> Response:
        """Take one's place or leave it; enter another member as excused or absent."""
        meeting_for(viewer=request.user, meeting_id=meeting_id)
        take_place(actor=request.user, meeting_id=meeting_id, **read(AttendanceIn, request))
        return whole(request, meeting_id)


class ItemsView(DomainView):
    """The agenda."""

    @extend_schema(operation_id="meetings_add_item", request=ItemIn, responses={201: MeetingWholeOut})
    def post(self, request: Request, meeting_id: int) -> Response:
        """Add something to speak of to the end of the agenda."""
        seen(request, meeting_id)
        add_item(actor=request.user, meeting_id=meeting_id, **read(ItemIn, request))
        return whole(request, meeting_id, status.HTTP_201_CREATED)


class ItemMoveView(DomainView):
    """Moves an item."""

    @extend_schema(operation_id="meetings_move_item", request=MoveIn, responses=MeetingWholeOut)
    def post(self, request: Request, meeting_id: int, item_id: int) -> Response:
        """Change its place or lane, take it up, leave it open, skip or restore it, close it with notes."""
        given: dict[str, Any] = {"seen": seen(request, meeting_id), **read(MoveIn, request)}
        move_item(actor=request.user, meeting_id=meeting_id, item_id=item_id, **given)
        return whole(request, meeting_id)


class ItemNotesView(DomainView):
    """Notes on an item."""

    @extend_schema(operation_id="meetings_note", request=NoteIn, responses={201: MeetingWholeOut})
    def post(self, request: Request, meeting_id: int, item_id: int) -> Response:
        """Write a note below those of others."""
        seen(request, meeting_id)
        add_note(actor=request.user, meeting_id=meeting_id, item_id=item_id, **read(NoteIn, request))
        return whole(request, meeting_id, status.HTTP_201_CREATED)


class ItemVotesView(DomainView):
    """Votes in the room."""

    @extend_schema(operation_id="meetings_vote", request=RoomVoteIn, responses={201: MeetingWholeOut})
    def post(self, request: Request, meeting_id: int, item_id: int) -> Response:
        """Cast the caller's vote on what is under discussion; 409 when the request is no longer what `digest` names."""
        seen(request, meeting_id, "sit")
        vote_in_meeting(actor=request.user, meeting_id=meeting_id, item_id=item_id, **read(RoomVoteIn, request))
        return whole(request, meeting_id, status.HTTP_201_CREATED)


class ConsentView(DomainView):
    """The consent agenda."""

    @extend_schema(operation_id="meetings_consent", request=ConsentIn, responses=ConsentResultsOut)
    def post(self, request: Request, meeting_id: int) -> Response:
        """Approve items of the consent agenda, each by a vote of its own; what became of each."""
        seen(request, meeting_id, "sit")
        picks = [(pick["item"], pick["digest"]) for pick in read(ConsentIn, request)["picks"]]
        results = approve_consent(actor=request.user, meeting_id=meeting_id, picks=picks)
        return Response(ConsentResultsOut({"results": results}).data)
