"""Releases of the taxonomy: the list, the form, one of them with who has read it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aims import policies, selectors
from aims.selectors.releases import changes_since, newest_release, objectives_named
from aims.services.releasing import confirm_reading, publish_release
from aims.web.forms import ReleaseForm
from common.errors import DomainError, NotAllowed
from common.web import add_errors


def releases(request: HttpRequest) -> HttpResponse:
    """All announcements, newest first."""
    context = {
        "releases": selectors.releases_for(viewer=request.user),
        "why_not": policies.aims.reason(request.user, "publish"),
    }
    return render(request, "aims/releases.html", context)


def release(request: HttpRequest, number: int) -> HttpResponse:
    """One announcement: where we want to go, what has changed, and who has read it."""
    found = selectors.release_for(viewer=request.user, number=number)
    context = {"release": found, "readership": selectors.readership_of(found)}
    return render(request, "aims/release.html", context)


@require_POST
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Say that one has read it."""
    confirm_reading(actor=request.user, number=number)
    messages.success(request, "Thank you. Your name stands among the readers.")
    return redirect("aims:release", number)


def publish(request: HttpRequest) -> HttpResponse:
    """Announce what has changed, with the changes since the last release shown before."""
    policies.aims.require(request.user, "publish")
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (number := _published(request, form)):
        return redirect("aims:release", number)
    last = newest_release()
    context = {
        "form": form,
        "last": last,
        "changes": changes_since(last.published_at if last else None),
        "objectives": objectives_named(),
    }
    return render(request, "aims/release_form.html", context, status=422 if form.errors else 200)


def _published(request: HttpRequest, form: ReleaseForm) -> int | None:
    try:
        return publish_release(actor=request.user, **form.cleaned_data).number
    except NotAllowed:
        raise
    except DomainError as refused:
        add_errors(form, refused)
        return None
