"""The page of rooms in Slack and Teams, and of trying failed messages again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common.errors import DomainError
from common.providers import providers
from common.web import add_errors
from notifications.policies import RoomPolicy
from notifications.selectors import rooms_for
from notifications.services.mailing import retry_mail
from notifications.services.posting import retry_post
from notifications.services.rooms import close_room, open_room, try_room
from notifications.web.forms import RoomForm


@never_cache
def rooms(request: HttpRequest) -> HttpResponse:
    """The open rooms, and a form for another one."""
    RoomPolicy().require(request.user, "view")
    form = RoomForm(request.POST or None, initial={"board_key": request.GET.get("board", "")})
    if request.method == "POST" and form.is_valid():
        try:
            room = open_room(actor=request.user, **form.cleaned_data)
            messages.success(request, f"{room} follows the board now. Send a trial message to be sure.")
            return redirect("notifications:rooms")
        except DomainError as refused:
            add_errors(form, refused)
    names = {key: name for provider in providers("BOARDS") for key, name in provider()}
    rows = [(room, names.get(room.board_key, room.board_key)) for room in rooms_for(viewer=request.user)]
    status = 422 if form.errors else 200
    return render(request, "notifications/rooms.html", {"form": form, "rows": rows}, status=status)


@require_POST
def close(request: HttpRequest, room_id: int) -> HttpResponse:
    """Tell the room nothing more."""
    room = close_room(actor=request.user, room_id=room_id)
    messages.success(request, f"{room} is told nothing any more; its address is forgotten.")
    return redirect("notifications:rooms")


@require_POST
def trial(request: HttpRequest, room_id: int) -> HttpResponse:
    """Send a trial message."""
    try_room(actor=request.user, room_id=room_id)
    messages.success(request, "A trial message goes out within half a minute.")
    return redirect("notifications:rooms")


@require_POST
def retry_of_post(request: HttpRequest, post_id: int) -> HttpResponse:
    """Send a message to a room again."""
    retry_post(actor=request.user, post_id=post_id)
    messages.success(request, "It is sent again.")
    return redirect("operations")


@require_POST
def retry_of_mail(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Send a mail again."""
    retry_mail(actor=request.user, notification_id=notification_id)
    messages.success(request, "It is sent again.")
    return redirect("operations")
