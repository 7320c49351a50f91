"""Target and actual: the regions of objectives and segments, measuring and entering."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aims import policies, selectors
from aims.selectors.actuals import measure_words
from aims.selectors.efforts import return_of
from aims.selectors.priorities import rank_of
from aims.services.measuring import enter_actual, measure_objective
from aims.web.forms import ActualForm
from common.errors import DomainError, NotAllowed
from taxonomy.selectors import objective_for, overview_for


def objective_region(request: HttpRequest, key: str) -> HttpResponse:
    """Target against actual of an objective, for each segment that serves it."""
    objective = objective_for(viewer=request.user, key=key)
    context = {
        "objective": objective,
        "lines": selectors.progress_lines_for(viewer=request.user, key=key),
        "measure": measure_words(objective.measure),
        "why_not_measure": policies.aims.reason(request.user, "measure"),
        "why_not_enter": policies.aims.reason(request.user, "enter", objective),
        "form": ActualForm(),
    }
    return render(request, "aims/objective_region.html", context)


def segment_region(request: HttpRequest, key: str) -> HttpResponse:
    """What a segment is for: its objective with the actual, its moments, its priority, its use."""
    overview = overview_for(viewer=request.user, key=key)
    objective = overview.version.objective
    context = {
        "segment": overview.segment,
        "line": selectors.progress_of(objective, key) if objective else None,
        "moments": selectors.moments_of_segment(key),
        "priority": rank_of(viewer=request.user, key=key),
        "returned": return_of(objective, key) if objective else None,
        "usage": selectors.usage_of(key),
    }
    return render(request, "aims/segment_region.html", context)


@require_POST
def measure(request: HttpRequest, key: str) -> HttpResponse:
    """Measure now over the newest members."""
    try:
        count = measure_objective(actor=request.user, key=key)
        said = f"Measured for {count} segments." if count else "It was measured on the newest run already."
        messages.success(request, said)
    except NotAllowed:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("taxonomy:objective", key)


@require_POST
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Enter where the metric stood, with evidence."""
    given = {name: request.POST.get(name, "") for name in ("value", "on", "evidence")}
    number = request.POST.get("corrects", "")
    corrects = int(number) if number.isdecimal() and len(number) < 18 else None
    try:
        enter_actual(actor=request.user, key=key, corrects=corrects, **given)
        messages.success(request, "The actual is entered.")
    except NotAllowed:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("taxonomy:objective", key)
