"""Pages of the calendar, rituals and planning sessions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.clock import now
from common.web import paginate
from stewardship import services
from stewardship.choices import OccurrenceType
from stewardship.policies import UpkeepPolicy
from stewardship.selectors.calendar import (
    calendar_for,
    occurrence_for,
    occurrences_for,
    ritual_for,
    rituals_for,
)
from stewardship.selectors.names import people_names, segment_names
from stewardship.web.carrying import actor_of, carried
from stewardship.web.decisions import read_decisions
from stewardship.web.forms import HoldForm, RitualForm, SessionForm

policy = UpkeepPolicy()


@never_cache
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """What is due, by day."""
    policy.require(request.user, "view")
    asked = request.GET.get("type", "")
    entries = [each for each in calendar_for(viewer=request.user) if not asked or each.type == asked]
    context: dict[str, Any] = {
        "entries": entries,
        "type": asked,
        "types": [*OccurrenceType.choices, ("review", "Review")],
        "why_not": policy.reason(request.user, "plan"),
    }
    return render(request, "stewardship/calendar.html", context)


@never_cache
@require_GET
def rituals(request: HttpRequest) -> HttpResponse:
    """All rituals, and what was held."""
    policy.require(request.user, "view")
    context: dict[str, Any] = {
        "rituals": rituals_for(viewer=request.user, with_ended=True),
        "page": paginate(request, occurrences_for(viewer=request.user), 30),
        "why_not": policy.reason(request.user, "plan"),
    }
    return render(request, "stewardship/rituals.html", context)


@never_cache
def ritual_new(request: HttpRequest) -> HttpResponse:
    """A new ritual."""
    policy.require(request.user, "plan")
    form = RitualForm(request.POST or None)
    if request.method == "POST":
        made = carried(form, lambda: services.plan_ritual(actor=actor_of(request), **form.cleaned_data))
        if made is not None:
            return redirect("stewardship:ritual", made.pk)
    return render(request, "stewardship/ritual_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
def ritual_edit(request: HttpRequest, ritual_id: int) -> HttpResponse:
    """Another cadence, agenda or circle for a ritual."""
    found = ritual_for(viewer=request.user, ritual_id=ritual_id)
    policy.require(request.user, "keep", found)
    names = ("name", "meeting", "every_days", "next_on", "attendees", "agenda", "branch")
    initial = {name: getattr(found, name) for name in names}
    initial |= {"type_": found.type, "owner": found.owner.get_username()}
    form = RitualForm(request.POST or None, initial=initial)
    if request.method == "POST":
        given: dict[str, Any] = {"actor": actor_of(request), "ritual_id": ritual_id}
        if carried(form, lambda: services.plan_ritual(**given, **form.cleaned_data)) is not None:
            return redirect("stewardship:ritual", ritual_id)
    context: dict[str, Any] = {"form": form, "ritual": found}
    return render(request, "stewardship/ritual_form.html", context, status=422 if form.errors else 200)


@never_cache
def ritual(request: HttpRequest, ritual_id: int) -> HttpResponse:
    """One ritual: when, who, what about; what came of it; the form to write that down."""
    found = ritual_for(viewer=request.user, ritual_id=ritual_id)
    form = HoldForm(request.POST or None, initial={"on": now().date()})
    if request.method == "POST":
        policy.require(request.user, "hold", found)
        made = carried(form, lambda: _held(request, ritual_id, form))
        if made is not None:
            messages.success(request, "Written down.")
            return redirect("stewardship:occurrence", made.pk)
    context: dict[str, Any] = {
        "ritual": found,
        "form": form,
        "past": found.occurrences.select_related("held_by")[:30],
        "why_not": policy.reason(request.user, "hold", found),
        "why_not_keep": policy.reason(request.user, "keep", found),
        "names": segment_names(found.branch),
        "attendees": people_names(request.user, found.attendees),
    }
    return render(request, "stewardship/ritual.html", context, status=422 if form.errors else 200)


def _held(request: HttpRequest, ritual_id: int, form: HoldForm) -> Any:
    given = form.cleaned_data
    return services.hold_ritual(
        actor=actor_of(request),
        ritual_id=ritual_id,
        on=given["on"] or now().date(),
        notes=given["notes"],
        decisions=read_decisions(given["decisions"]),
    )


@require_POST
def ritual_end(request: HttpRequest, ritual_id: int) -> HttpResponse:
    """End a ritual."""
    services.end_ritual(actor=actor_of(request), ritual_id=ritual_id)
    messages.success(request, "The ritual has ended; what was held stays.")
    return redirect("stewardship:rituals")


@never_cache
def session_new(request: HttpRequest) -> HttpResponse:
    """A new joint planning session."""
    policy.require(request.user, "plan")
    form = SessionForm(request.POST or None)
    if request.method == "POST":
        made = carried(form, lambda: services.plan_session(actor=actor_of(request), **form.cleaned_data))
        if made is not None:
            return redirect("stewardship:occurrence", made.pk)
    return render(request, "stewardship/session_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
def occurrence(request: HttpRequest, occurrence_id: int) -> HttpResponse:
    """What was planned and what came of it."""
    found = occurrence_for(viewer=request.user, occurrence_id=occurrence_id)
    form = HoldForm(request.POST or None)
    if request.method == "POST":
        policy.require(request.user, "hold", found)
        if carried(form, lambda: _session_held(request, occurrence_id, form)) is not None:
            messages.success(request, "Written down.")
            return redirect("stewardship:occurrence", occurrence_id)
    keys = {key for each in found.decisions for key in each["segments"]}
    context: dict[str, Any] = {
        "occurrence": found,
        "form": form,
        "why_not": policy.reason(request.user, "hold", found),
        "names": segment_names(*found.segments, *keys),
        "attendees": people_names(request.user, found.attendees),
    }
    return render(request, "stewardship/occurrence.html", context, status=422 if form.errors else 200)


def _session_held(request: HttpRequest, occurrence_id: int, form: HoldForm) -> Any:
    decisions = read_decisions(form.cleaned_data["decisions"])
    notes = form.cleaned_data["notes"]
    return services.hold_session(actor=actor_of(request), occurrence_id=occurrence_id, notes=notes, decisions=decisions)
