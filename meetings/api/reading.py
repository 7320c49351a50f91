"""What the views of meetings share: reading what is sent, the version that was seen, the meeting as it answers."""

from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import check_if_match, etag_of, with_etag
from meetings.api.serializers import MeetingOut, MeetingWholeOut
from meetings.policies import MeetingPolicy
from meetings.selectors import MeetingView, meeting_for, view_of


def read(serializer: type[Any], request: Request) -> dict[str, Any]:
    """The fields that were sent, checked."""
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def seen(request: Request, meeting_id: int, action: str = "hold") -> int | None:
    """The version that the caller's If-Match names; None without one. Refuses who may not do it, before anything that
    was sent is read, and (412) an older version."""
    found = meeting_for(viewer=request.user, meeting_id=meeting_id)
    MeetingPolicy().require(request.user, action, found.board)
    check_if_match(request, etag_of("meeting", found.pk, found.version))
    return found.version if request.headers.get("If-Match", "*").strip() != "*" else None


def whole(request: Request, meeting_id: int, code: int = status.HTTP_200_OK) -> Response:
    """The meeting as the caller sees it now, with its ETag."""
    found = meeting_for(viewer=request.user, meeting_id=meeting_id)
    shape = _shape(view_of(viewer=request.user, meeting=found))
    return with_etag(Response(MeetingWholeOut(shape).data, status=code), etag_of("meeting", found.pk, found.version))


def _shape(view: MeetingView) -> dict[str, Any]:
    """A view of a meeting as `MeetingWholeOut` takes it."""
    meeting = view.meeting
    names = set(MeetingOut().fields) - {"board", "series"}
    return {
        **{name: getattr(meeting, name) for name in names},
        "board": meeting.board,
        "series_id": meeting.series_id,
        "chair": meeting.chair,
        "items": [each.item for each in (*view.consent, *view.agenda)],
        "current": view.current.item.pk if view.current else None,
        "attendance": view.attendance,
        "room": view.room,
        "you": {
            "may_hold": view.may_hold,
            "may_sit": view.may_sit,
            "is_here": view.mine is not None,
            "voted": sorted(view.voted),
        },
        "digest": meeting.digest,
    }
