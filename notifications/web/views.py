"""Pages of one's own notifications and preferences."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.errors import DomainError, Invalid
from common.web import add_errors, paginate
from notifications import selectors
from notifications.choices import Kind, MailMode
from notifications.services.preferring import set_preferences
from notifications.services.reading import mark_all_read, mark_read, mark_unread, undo_all_read
from notifications.web.forms import PreferencesForm


@never_cache
@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """What I was told, unread first."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    rows = selectors.notifications_for(viewer=request.user, kind=kind, unread_only=bool(request.GET.get("unread")))
    context = {
        "page": paginate(request, rows, 40),
        "kinds": selectors.counts_by_kind(request.user),
        "kind": kind,
        "unread_only": bool(request.GET.get("unread")),
        "undo": request.GET.get("undo", ""),
    }
    return render(request, "notifications/list.html", context)


@never_cache
@require_GET
def follow(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Open what a notification is about; it is read now."""
    found = mark_read(actor=request.user, notification_id=notification_id)
    is_ours = found.url.startswith("/") and url_has_allowed_host_and_scheme(found.url, allowed_hosts=None)
    return redirect(found.url if is_ours else "notifications:list")


@require_POST
def read(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark one read."""
    found = mark_read(actor=request.user, notification_id=notification_id)
    return _row(request, found.pk)


@require_POST
def unread(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark one unread again."""
    found = mark_unread(actor=request.user, notification_id=notification_id)
    return _row(request, found.pk)


def _row(request: HttpRequest, notification_id: int) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return redirect("notifications:list")
    row = selectors.notifications_for(viewer=request.user).get(pk=notification_id)
    return render(request, "notifications/list.html#row", {"each": row})


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all read, of one kind where it is named; it can be undone."""
    kind = request.POST.get("kind", "")
    count, moment = mark_all_read(actor=request.user, kind=kind if kind in Kind.values else "")
    if not count:
        messages.info(request, "There was nothing unread.")
        return redirect("notifications:list")
    messages.success(request, f"{count:,} marked as read.")
    response = redirect("notifications:list")
    response["Location"] += f"?undo={moment.isoformat().replace('+', '%2B')}"
    return response


@require_POST
def undo_read_all(request: HttpRequest) -> HttpResponse:
    """Take the last marking back."""
    try:
        moment = parse_datetime(request.POST.get("moment", ""))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid("This marking cannot be taken back any more.", pointer="/moment")
    count = undo_all_read(actor=request.user, moment=moment)
    messages.success(request, f"{count:,} unread again.")
    return redirect("notifications:list")


@never_cache
def preferences(request: HttpRequest) -> HttpResponse:
    """What reaches me by mail, and when."""
    form = PreferencesForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            set_preferences(actor=request.user, **form.arguments())
            messages.success(request, "Kept. It holds for what you are told from now on.")
            return redirect("notifications:preferences")
        except DomainError as refused:
            add_errors(form, refused)
    context = {"form": form, "modes": MailMode.choices, "address": getattr(request.user, "email", "")}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)
