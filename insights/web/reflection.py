"""Pages of reflection: decisions and what came of them, calibration, velocity, scorecards, traces."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common.clock import now
from common.errors import NotFound
from common.web import paginate
from insights.filters import ForecastFilter
from insights.selectors.forecasts import calibration_by, forecasts_for, judged
from insights.selectors.scorecards import scorecards
from insights.selectors.traces import trace_of
from insights.selectors.velocity import PERIODS, velocities
from insights.services.forecasts import record_actual, void_forecast
from insights.web.forms import ActualForm, TraceForm, VoidForm
from reviews.selectors import request_for
from reviews.selectors.decided import deciders


def decisions(request: HttpRequest) -> HttpResponse:
    """What proposers predicted and what came of it: the learning log."""
    form = ForecastFilter(request.GET)
    page = paginate(request, forecasts_for(viewer=request.user, **form.narrowing()), 40)
    context = {
        "form": form,
        "page": page,
        "lines": judged(page.object_list),
        "boards": calibration_by("board_key", viewer=request.user),
        "owners": calibration_by("proposer", viewer=request.user),
    }
    return render(request, "insights/decisions.html", context)


@never_cache
def decision(request: HttpRequest, request_id: int) -> HttpResponse:
    """One decision: who decided on what evidence, and the later result (R083)."""
    decided = request_for(viewer=request.user, request_id=request_id)
    found = judged(forecasts_for(viewer=request.user).filter(request_id=request_id))
    context = {
        "decided": decided,
        "deciders": deciders(request_id),
        "lines": found,
        "actual_form": ActualForm(),
        "void_form": VoidForm(),
    }
    return render(request, "insights/decision.html", context)


@require_POST
def actual(request: HttpRequest, forecast_id: int) -> HttpResponse:
    """Say what came of a prediction that the portal cannot measure."""
    form = ActualForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the number that came, and what it rests on.")
        return redirect("insights:decision", request_id=_request_of(request, forecast_id))
    row = record_actual(actor=request.user, forecast_id=forecast_id, **form.cleaned_data)
    messages.success(request, "The prediction has its verdict.")
    return redirect("insights:decision", request_id=row.request_id)


@require_POST
def void(request: HttpRequest, forecast_id: int) -> HttpResponse:
    """Declare that a prediction cannot be measured, and why."""
    form = VoidForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why this prediction can no longer be measured.")
        return redirect("insights:decision", request_id=_request_of(request, forecast_id))
    row = void_forecast(actor=request.user, forecast_id=forecast_id, reason=form.cleaned_data["reason"])
    messages.success(request, "The prediction counts for no calibration any more.")
    return redirect("insights:decision", request_id=row.request_id)


def _request_of(request: HttpRequest, forecast_id: int) -> int:
    row = forecasts_for(viewer=request.user).filter(pk=forecast_id).first()
    if row is None:
        raise NotFound("There is no such prediction.")
    return row.request_id


def velocity(request: HttpRequest) -> HttpResponse:
    """How quickly boards decide, where the time goes, and how much is done twice (R080, R081)."""
    days = next((days for days in PERIODS if str(days) == request.GET.get("days")), 90)
    rows = velocities(viewer=request.user, days=days)
    shown = next((row for row in rows if row.board_key and row.board_key == request.GET.get("board")), rows[0])
    context = {"rows": rows, "shown": shown, "days": days, "periods": PERIODS}
    return render(request, "insights/velocity.html", context)


def owners(request: HttpRequest) -> HttpResponse:
    """The scorecards of the owners (R084)."""
    return render(request, "insights/owners.html", {"cards": scorecards(viewer=request.user)})


@never_cache
def trace(request: HttpRequest) -> HttpResponse:
    """From an outcome back to touchpoints, segment versions, rules and approvals (R078)."""
    form = TraceForm(request.GET or None)
    found = None
    if request.GET and form.is_valid():
        at = form.cleaned_data["at"] or now()
        found = trace_of(viewer=request.user, external_id=form.cleaned_data["customer"], at=at)
    return render(request, "insights/trace.html", {"form": form, "trace": found})
