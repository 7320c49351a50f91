"""Pages of the ledger: the trail, one story as a thread, who read what, hand-offs that failed."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.errors import NotFound
from common.web import paginate
from ledger.filters import ReadingFilter, TrailFilter
from ledger.policies import EntryPolicy
from ledger.selectors import dead_handoffs, entries_for, last_check, lines, pending_handoffs, readings_for
from ledger.services import retry_handoff
from ledger.threads import story_of


def ledger(request: HttpRequest) -> HttpResponse:
    """The trail, newest first, narrowed by object, person or event; what the last check of the chain found."""
    form = TrailFilter(request.GET)
    page = paginate(request, entries_for(viewer=request.user, **form.narrowing()), 40)
    context = {
        "form": form,
        "page": page,
        "lines": lines(page.object_list),
        "check": last_check() if page.number == 1 and not form.is_narrowed() else None,
        "reads_all": EntryPolicy().can(request.user, "read_all"),
    }
    return render(request, "ledger/ledger.html", context)


def thread(request: HttpRequest, correlation: uuid.UUID) -> HttpResponse:
    """One story from cause to last effect, oldest first."""
    story = story_of(viewer=request.user, correlation=correlation)
    if not story.lines:
        raise NotFound("There is no such story, or it is not open to you.")
    return render(request, "ledger/thread.html", {"story": story})


def hand_offs(request: HttpRequest) -> HttpResponse:
    """Facts that wait for their consumer or were given up."""
    EntryPolicy().require(request.user, "read_all")
    context = {
        "dead": paginate(request, dead_handoffs(), 40),
        "pending": pending_handoffs()[:40],
        "why_no_retry": EntryPolicy().reason(request.user, "retry"),
    }
    return render(request, "ledger/hand_offs.html", context)


def readings(request: HttpRequest) -> HttpResponse:
    """Who read what is personal, newest first; auditors and boards see everybody's, others their own."""
    form = ReadingFilter(request.GET)
    page = paginate(request, readings_for(viewer=request.user, **form.narrowing()), 40)
    context = {"form": form, "page": page, "reads_all": EntryPolicy().can(request.user, "read_all")}
    return render(request, "ledger/readings.html", context)


@require_POST
def retry(request: HttpRequest, handoff_id: int) -> HttpResponse:
    """Try a given-up hand-off again."""
    EntryPolicy().require(request.user, "retry")
    handoff = retry_handoff(handoff_id=handoff_id)
    messages.success(request, f"{handoff.consumer} is tried again.")
    return redirect("ledger:dead-letters")
