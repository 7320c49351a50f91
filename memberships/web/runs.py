"""The pages of runs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from common.web import paginate
from memberships import selectors, services
from memberships.choices import RunKind, Trigger
from memberships.selectors.run_lists import MicroHour, listed
from memberships.states import ENDED
from memberships.web.forms import RepeatForm, RunForm, RunsForm
from memberships.web.parts import lines_of, progress_of, run_rights, stages_of

CANCEL_CONSEQUENCES = (
    "Nothing of this run is published; the members stay those of the run before.",
    "What it was requested for stays undone until somebody requests a run again.",
)


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """All runs, the open ones with their progress; micro-batches folded by the hour."""
    form = RunsForm(request.GET)
    narrowing = form.narrowing
    found = narrowing.of(selectors.runs_for(request.user))
    micro = found.filter(kind=RunKind.MICRO)
    page = paginate(request, found.exclude(kind=RunKind.MICRO) if narrowing.folds else found)
    edges = {"is_first": not page.has_previous(), "is_last": not page.has_next()}
    rows = listed(list(page), micro if narrowing.folds else micro.none(), **edges)
    context = {
        "open": [progress_of(run) for run in selectors.open_runs()],
        "page": page,
        "rows": [(row, None if isinstance(row, MicroHour) else selectors.shown_state(row)) for row in rows],
        "form": form,
        "narrowing": narrowing,
        "last_published_at": selectors.last_published_at(),
        **run_rights(request.user),
    }
    return render(request, "memberships/runs.html", context)


@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: how far it is, or what went in and came out."""
    found = selectors.run_for(viewer=request.user, run_id=run_id)
    shown = selectors.shown_state(found)
    context: dict[str, Any] = {
        "run": found,
        "shown": shown,
        "progress": progress_of(found),
        "stages": stages_of(found),
        "cancel_consequences": CANCEL_CONSEQUENCES,
        "lines": lines_of(found),
        "repetitions": [(each, selectors.shown_state(each)) for each in selectors.repetitions_of(found)],
        "repeat_form": RepeatForm(),
        **run_rights(request.user, found),
    }
    return render(request, "memberships/run.html", context)


@require_GET
def manifest(request: HttpRequest, run_id: int) -> HttpResponse:
    """The manifest as a file."""
    found = selectors.run_for(viewer=request.user, run_id=run_id)
    response = JsonResponse(found.manifest, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="run-{found.pk}-manifest.json"'
    return response


@require_GET
def values(request: HttpRequest, run_id: int) -> HttpResponse:
    """A region: size and value of each segment before and after the run."""
    found = selectors.run_for(viewer=request.user, run_id=run_id)
    context = {"run": found, "compared": selectors.recalibration(request.user, found)}
    return render(request, "memberships/run_values.html", context)


@require_GET
def progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The progress of one run; the page is loaded anew when it has ended."""
    found = selectors.run_for(viewer=request.user, run_id=run_id)
    response = render(request, "memberships/progress.html", {"progress": progress_of(found)})
    if found.state in ENDED:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def request_run(request: HttpRequest) -> HttpResponse:
    """Ask for a recompute; of one segment with the reason that it is to be recalibrated."""
    form = RunForm(request.POST)
    form.full_clean()
    found = services.request_run(
        actor=request.user,  # type: ignore[arg-type]
        trigger=Trigger.PERSON,
        segment_keys=form.segment_keys,
        reason="Recalibration" if form.segment_keys else "",
    )
    messages.success(request, f"Run {found.pk} is {found.get_state_display().lower()}.")
    return redirect("memberships:run", run_id=found.pk)


@require_POST
def cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Stop a run."""
    services.cancel_run(actor=request.user, run_id=run_id)  # type: ignore[arg-type]
    messages.success(request, f"Run {run_id} is cancelled. Nothing of it was published.")
    return redirect("memberships:run", run_id=run_id)


@require_POST
def retry(request: HttpRequest, run_id: int) -> HttpResponse:
    """Request a failed or cancelled run again."""
    found = services.retry_run(actor=request.user, run_id=run_id)  # type: ignore[arg-type]
    messages.success(request, f"Run {found.pk} is {found.get_state_display().lower()}.")
    return redirect("memberships:run", run_id=found.pk)


@require_POST
def repeat(request: HttpRequest, run_id: int) -> HttpResponse:
    """Compute a run again, to compare."""
    form = RepeatForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The run was not repeated: " + "; ".join(str(each[0]) for each in form.errors.values()))
        return redirect("memberships:run", run_id=run_id)
    found = services.request_repeat(actor=request.user, run_id=run_id, options=form.options)  # type: ignore[arg-type]
    messages.success(request, f"Run {found.pk} computes run {run_id} again. Nothing of it is published.")
    return redirect("memberships:run", run_id=found.pk)
