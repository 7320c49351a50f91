"""The list of meetings, planning, the pack before and the minutes after."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.clock import now
from common.errors import DomainError
from common.web import add_errors, paginate
from meetings.choices import MeetingState
from meetings.content import Appointment, calendar_file
from meetings.policies import MeetingPolicy
from meetings.selectors import meeting_for, meetings_for, minutes_of, series_for, view_of
from meetings.selectors.pack import pack_of
from meetings.services.planning import begin_series, end_series, plan_meeting
from meetings.web.forms import MeetingForm, SeriesForm

COMING = (MeetingState.PLANNED, MeetingState.OPEN)


@never_cache
@require_GET
def meetings(request: HttpRequest) -> HttpResponse:
    """Meetings to come and meetings held."""
    rows = meetings_for(viewer=request.user)
    series = list(series_for(viewer=request.user))
    boards = {each.board for each in series}
    context = {
        "coming": rows.filter(state__in=COMING).order_by("starts_at", "pk"),
        "page": paginate(request, rows.exclude(state__in=COMING), 30),
        "series": series,
        "held": {board.pk for board in boards if MeetingPolicy().can(request.user, "hold", board)},
    }
    return render(request, "meetings/list.html", context)


@never_cache
def plan(request: HttpRequest) -> HttpResponse:
    """Plan one meeting."""
    form = MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            planned = plan_meeting(actor=request.user, **form.arguments())
            messages.success(request, "Planned. The agenda holds what the board has to decide now.")
            return redirect("meetings:meeting", planned.pk)
        except DomainError as refused:
            add_errors(form, refused)
    context = {"form": form, "title": "Plan a meeting", "deed": "Plan it"}
    return render(request, "meetings/form.html", context, status=422 if form.errors else 200)


@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a series."""
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            begin_series(actor=request.user, **form.arguments())
            messages.success(request, "The board meets so from now on; meetings are planned two weeks ahead.")
            return redirect("meetings:list")
        except DomainError as refused:
            add_errors(form, refused)
    context = {"form": form, "title": "Begin a series of meetings", "deed": "Begin it"}
    return render(request, "meetings/form.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: HttpRequest, series_id: int) -> HttpResponse:
    """End a series."""
    ended = end_series(actor=request.user, series_id=series_id)
    messages.success(request, f"“{ended}” ended. Meetings that are planned stay planned.")
    return redirect("meetings:list")


@never_cache
@require_GET
def pack(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """What members read before the meeting, to be printed."""
    found = meeting_for(viewer=request.user, meeting_id=meeting_id)
    view = view_of(viewer=request.user, meeting=found)
    return render(request, "meetings/pack.html", {"view": view, "meeting": found, "parts": pack_of(view)})


@never_cache
@require_GET
def minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The minutes: frozen once the meeting is closed, else as they stand now."""
    found = meeting_for(viewer=request.user, meeting_id=meeting_id)
    written = found.minutes if found.minutes is not None else minutes_of(found)
    return render(request, "meetings/minutes.html", {"meeting": found, "minutes": written})


@require_GET
def ics(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The meeting for one's own calendar."""
    found = meeting_for(viewer=request.user, meeting_id=meeting_id)
    url = str(settings.SEGPORTAL_URL).rstrip("/") + reverse("meetings:meeting", args=[found.pk])
    title = f"{found.board}: {found}"
    one = Appointment(f"meeting-{found.pk}", title, found.starts_at, found.ends_at, found.place, url, found.created_at)
    response = HttpResponse(calendar_file([one], now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="meeting-{found.pk}.ics"'
    return response
