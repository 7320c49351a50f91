"""One's own notifications and preferences for client programs."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import CursorPages, DomainView, check_if_match, etag_of, with_etag
from common.errors import Invalid
from notifications import selectors
from notifications.api.serializers import (
    NotificationOut,
    PreferencesIn,
    PreferencesOut,
    ReadAllIn,
    ReadAllOut,
    UndoIn,
    UndoneOut,
    UnreadOut,
)
from notifications.choices import Kind
from notifications.services.preferring import set_preferences
from notifications.services.reading import mark_all_read, mark_read, mark_unread, undo_all_read


def _read(serializer: type[Any], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _chosen(request: Request, name: str, known: list[str]) -> str:
    """The value of a filter; empty where it is left out."""
    given = request.query_params.get(name, "")
    if given and given not in known:
        raise Invalid(f"Choose among {', '.join(known)}.", code="unknown_choice", pointer=f"/{name}")
    return given


class NotificationsView(DomainView):
    """What the caller was told."""

    pagination_class = CursorPages
    cursor_ordering = "-pk"

    @extend_schema(
        operation_id="notifications_list",
        parameters=[
            OpenApiParameter("kind", str, enum=Kind.values),
            OpenApiParameter("unread", bool, description="only what waits to be read"),
        ],
        responses=NotificationOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """The caller's own notifications, newest first."""
        kind = _chosen(request, "kind", Kind.values)
        unread_only = _chosen(request, "unread", ["true", "false"]) == "true"
        rows = selectors.notifications_for(viewer=request.user, kind=kind, unread_only=unread_only)
        return self.page(rows, lambda row: NotificationOut(row).data)


class UnreadView(DomainView):
    """How much waits to be read."""

    @extend_schema(operation_id="notifications_unread", responses=UnreadOut)
    def get(self, request: Request) -> Response:
        """How many notifications wait, in all and by kind."""
        kinds = {kind: unread for kind, _, _, unread in selectors.counts_by_kind(request.user) if unread}
        return Response({"unread": selectors.unread_count(request.user), "kinds": kinds})


class ReadView(DomainView):
    """Marks one read."""

    @extend_schema(operation_id="notifications_read", request=None, responses=NotificationOut)
    def post(self, request: Request, notification_id: int) -> Response:
        """Mark it read; the instant of the first reading stays."""
        return Response(NotificationOut(mark_read(actor=request.user, notification_id=notification_id)).data)


class UnreadAgainView(DomainView):
    """Marks one unread."""

    @extend_schema(operation_id="notifications_unread_again", request=None, responses=NotificationOut)
    def post(self, request: Request, notification_id: int) -> Response:
        """Let it wait to be read again."""
        return Response(NotificationOut(mark_unread(actor=request.user, notification_id=notification_id)).data)


class ReadAllView(DomainView):
    """Marks all read."""

    @extend_schema(operation_id="notifications_read_all", request=ReadAllIn, responses=ReadAllOut)
    def post(self, request: Request) -> Response:
        """Mark everything read, or everything of one kind; `moment` takes it back."""
        marked, moment = mark_all_read(actor=request.user, **_read(ReadAllIn, request))
        return Response(ReadAllOut({"marked": marked, "moment": moment}).data)


class UndoReadAllView(DomainView):
    """Takes the marking of all back."""

    @extend_schema(operation_id="notifications_read_all_undo", request=UndoIn, responses=UndoneOut)
    def post(self, request: Request) -> Response:
        """Let those wait again that were marked read at that moment."""
        return Response({"unread_again": undo_all_read(actor=request.user, **_read(UndoIn, request))})


class PreferencesView(DomainView):
    """How the caller is told."""

    @extend_schema(operation_id="notification_preferences_get", responses=PreferencesOut)
    def get(self, request: Request) -> Response:
        """Which kinds come by mail and when, the hour of the digest, and the quiet hours."""
        return _preferences(request)

    @extend_schema(operation_id="notification_preferences_set", request=PreferencesIn, responses=PreferencesOut)
    def put(self, request: Request) -> Response:
        """Set them; they hold for what the caller is told from now on."""
        check_if_match(request, str(_preferences(request)["ETag"]))
        set_preferences(actor=request.user, **_read(PreferencesIn, request))
        return _preferences(request)


def _preferences(request: Request) -> Response:
    hours = selectors.hours_of(request.user)
    shape = {
        "modes": {each.kind: each.mode for each in selectors.preferences_of(request.user)},
        **{name: getattr(hours, name) for name in ("zone", "digest_hour", "quiet_from", "quiet_until")},
    }
    return with_etag(Response(PreferencesOut(shape).data), etag_of("preferences", request.user.pk, shape))
