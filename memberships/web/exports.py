"""The pages of files: asking for one, how far each is, taking it."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.actors import Actor
from common.errors import DomainError
from common.web import add_errors, paginate
from common.web.files import file_response
from memberships.choices import ExportState
from memberships.models import Export
from memberships.policies import ExportPolicy
from memberships.selectors import exports as selectors
from memberships.selectors.lists import list_for
from memberships.services.exports import cancel_export, request_export, retry_export, take_file
from memberships.web.list_forms import ExportForm
from taxonomy.selectors import headings, segment_for


@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """The files that the viewer asked for, those under way with their progress."""
    rows = selectors.exports_for(viewer=request.user).filter(asked_by=cast(Any, request.user))
    context = {
        "open": [progress_of(each) for each in rows.filter(state__in=selectors.OPEN)],
        "page": paginate(request, rows.exclude(state__in=selectors.OPEN)),
        "why_not": ExportPolicy().reason(request.user, "request"),
    }
    return render(request, "memberships/exports.html", context, status=403 if context["why_not"] else 200)


def progress_of(export: Export) -> dict[str, Any]:
    """The file's progress as the component shows it; it asks again only while the file is under way."""
    pace = selectors.pace_of(export)
    return {
        "id": f"export-{export.pk}",
        "export": export,
        "label": "Waiting for a worker" if export.state == ExportState.QUEUED else "Writing",
        "done": export.done,
        "total": export.total,
        "rate": pace.rate,
        "remaining": pace.seconds,
        "poll_url": reverse("memberships:export-progress", args=[export.pk]) if export.state in selectors.OPEN else "",
    }


@require_GET
def progress(request: HttpRequest, export_id: int) -> HttpResponse:
    """The progress of one file; the page is loaded anew when it has ended."""
    export = selectors.export_for(viewer=request.user, export_id=export_id)
    response = render(request, "memberships/progress.html", {"progress": progress_of(export)})
    if export.state not in selectors.OPEN:
        response["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a file of members, of a list or of changes."""
    given = request.POST if request.method == "POST" else request.GET
    of = given.get("of", "members")
    form = ExportForm(request.POST or None, viewer=request.user, of=of, initial=given.dict())
    context = {"form": form, "of": of, "why_not": ExportPolicy().reason(request.user, "request")}
    context |= {"subject": _subject(request.user, given)}
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        return redirect("memberships:exports")
    status = 403 if context["why_not"] else 422 if request.method == "POST" else 200
    return render(request, "memberships/export_new.html", context, status=status)


def _asked(request: HttpRequest, form: ExportForm) -> bool:
    found = form.cleaned_data
    try:
        request_export(
            actor=cast(Actor, request.user),
            what=form.what,
            format=found["format"],
            columns=found.get("columns", ()),
            mark=found["mark"],
        )
    except DomainError as error:
        add_errors(form, error)
        return False
    messages.success(request, "The file is being written. It goes on when you leave this page.")
    return True


def _subject(viewer: Any, given: Any) -> dict[str, str]:
    """What the file is of, in words, and where that is."""
    number = given.get("list", "")
    if given.get("of") == "list" and number.isascii() and number.isdigit():
        found = list_for(viewer=viewer, list_id=int(number))
        return {"name": found.name, "url": reverse("memberships:list", args=[found.pk])}
    segment = segment_for(viewer=viewer, key=given.get("segment", ""))
    name = headings([segment.key])[segment.key].name
    return {"name": name, "url": reverse("memberships:members", args=[segment.key])}


@require_POST
def cancel(request: HttpRequest, export_id: int) -> HttpResponse:
    """Stop a file."""
    cancel_export(actor=cast(Actor, request.user), export_id=export_id)
    messages.success(request, "The file is cancelled.")
    return redirect("memberships:exports")


@require_POST
def retry(request: HttpRequest, export_id: int) -> HttpResponse:
    """Try a file again."""
    retry_export(actor=cast(Actor, request.user), export_id=export_id)
    messages.success(request, "The file is being written again.")
    return redirect("memberships:exports")


@require_GET
def take(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The file itself."""
    export, path = take_file(actor=cast(Actor, request.user), export_id=export_id)
    return file_response(request, path, name=selectors.name_of(export))
