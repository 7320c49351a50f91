"""The calendar: by month and as a list, and as a file for one's own."""

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from common.clock import now
from meetings.content import Appointment, calendar_file
from meetings.selectors.calendar import LOOKS, entries, span_of, weeks_of

AHEAD = timedelta(days=365)


@never_cache
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """A month of governance: effective dates, blackouts, due dates, expiries, meetings."""
    month = _month(request.GET.get("month", ""))
    first, last = span_of(month)
    kind = request.GET.get("kind", "")
    found = [
        each for each in entries(request.user, _start(first), _start(last)) if kind not in LOOKS or each.kind == kind
    ]
    before, after = (month - timedelta(days=1)).replace(day=1), (month + timedelta(days=31)).replace(day=1)
    context = {
        "month": month,
        "weeks": weeks_of(month, found),
        "found": found,
        "is_list": request.GET.get("view") == "list",
        "before": before.strftime("%Y-%m"),
        "after": after.strftime("%Y-%m"),
        "today": now().date(),
        "kinds": [(name, label) for name, (label, _) in LOOKS.items()],
        "kind": kind if kind in LOOKS else "",
    }
    return render(request, "meetings/calendar.html", context)


def _month(text: str) -> date:
    try:
        found = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        found = now().date()
    return found.replace(day=1) if 1990 <= found.year <= 2200 else now().date().replace(day=1)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=UTC)


@require_GET
def ics(request: HttpRequest) -> HttpResponse:
    """The coming year of it as a file; it holds titles and dates, as far as the reader may see them."""
    moment = now()
    base = str(settings.SEGPORTAL_URL).rstrip("/")
    found = entries(request.user, moment - timedelta(days=31), moment + AHEAD)
    rows = [Appointment(e.key, f"{e.label}: {e.title}", e.starts_at, e.ends_at, e.place, base + e.url) for e in found]
    response = HttpResponse(calendar_file(rows, moment), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="segportal.ics"'
    return response
