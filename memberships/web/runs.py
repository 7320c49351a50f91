"""The pages of runs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from common.web import paginate
from memberships import selectors, services
from memberships.choices import Trigger
from memberships.states import ENDED
from memberships.web.forms import RunForm
from memberships.web.parts import lines_of, progress_of, run_rights, stages_of

CANCEL_CONSEQUENCES = (
    "Nothing of this run is published; the members stay those of the run before.",
    "What it was requested for stays undone until somebody requests a run again.",
)


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """All runs, the open ones with their progress."""
    context = {
        "open": [progress_of(run) for run in selectors.open_runs()],
        "page": paginate(request, selectors.runs_for(request.user)),
        "last_published_at": selectors.last_published_at(),
        **run_rights(request.user),
    }
    return render(request, "memberships/runs.html", context)


@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: how far it is, or what went in and came out."""
    found = selectors.run_for(viewer=request.user, run_id=run_id)
    context = {
        "run": found,
        "progress": progress_of(found),
        "stages": stages_of(found),
        "cancel_consequences": CANCEL_CONSEQUENCES,
        "lines": lines_of(found),
        **run_rights(request.user, found),
    }
    return render(request, "memberships/run.html", context)


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
    """Ask for a recompute."""
    form = RunForm(request.POST)
    form.full_clean()
    found = services.request_run(
        actor=request.user,  # type: ignore[arg-type]
        trigger=Trigger.PERSON,
        segment_keys=form.segment_keys,
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
