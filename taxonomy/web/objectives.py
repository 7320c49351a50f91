"""Objectives: the list, one of them, and the form that defines them."""

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.choices import Function
from common.actors import Actor
from common.errors import DomainError, NotAllowed
from common.web import add_errors
from taxonomy import policies, selectors
from taxonomy.services.objectives import define_objective
from taxonomy.services.signing import sign_objective, withdraw_signature
from taxonomy.web.forms import ObjectiveForm


def objectives(request: HttpRequest) -> HttpResponse:
    """All objectives with their targets and how many segments serve them."""
    policies.objectives.require(request.user, "view")
    context = {
        "objectives": selectors.objectives_for(viewer=request.user),
        "board": selectors.deciding_board("objective"),
        "why_not": policies.objectives.reason(request.user, "define"),
    }
    return render(request, "taxonomy/objectives.html", context)


def objective(request: HttpRequest, key: str) -> HttpResponse:
    """One objective, who has agreed to it, and the segments that serve it."""
    found = selectors.objective_for(viewer=request.user, key=key)
    agreement = selectors.agreement_of(found)
    context = {
        "objective": found,
        "agreement": agreement,
        "signable": [(each, Function(each).label) for each in selectors.signable(request.user, found, agreement)],
        "speaks_for": selectors.functions_of(request.user),
        "past": selectors.past_signatures(found),
        "versions": selectors.versions_serving(key),
        "board": selectors.deciding_board("objective"),
        "why_not": policies.objectives.reason(request.user, "define", found),
    }
    return render(request, "taxonomy/objective.html", context)


@require_POST
def sign(request: HttpRequest, key: str) -> HttpResponse:
    """Agree to the version that the page showed."""
    found = selectors.objective_for(viewer=request.user, key=key)
    given = request.POST.get("version", "")
    version = int(given) if given.isdecimal() and len(given) < 10 else 0
    function, note = request.POST.get("function", ""), request.POST.get("note", "")
    try:
        sign_objective(actor=request.user, key=key, function=function, version=version, note=note)
        messages.success(request, f"Signed “{found.name}”.")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("taxonomy:objective", key)


@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take the agreement of one's function back."""
    selectors.objective_for(viewer=request.user, key=key)
    function, reason = request.POST.get("function", ""), request.POST.get("reason", "")
    try:
        withdraw_signature(actor=request.user, key=key, function=function, reason=reason)
        messages.success(request, "The signature is withdrawn. The objective is not agreed until somebody signs again.")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("taxonomy:objective", key)


def _as_request(kind: str, key: str = "") -> HttpResponse:
    """On to the form of a request: a board decides about objectives."""
    asked = {"type": "objective", "kind": kind, **({"key": key} if key else {})}
    return redirect(f"{reverse('reviews:request-new')}?{urlencode(asked)}")


def define(request: HttpRequest) -> HttpResponse:
    """A new objective; a proposal of one, where a board decides."""
    policies.objectives.require(request.user, "define")
    if selectors.deciding_board("objective"):
        return _as_request("create")
    form = ObjectiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (key := _defined(request, form, form.cleaned_data["key"], 0)):
        return redirect("taxonomy:objective", key)
    return render(request, "taxonomy/objective_form.html", {"form": form}, status=422 if form.errors else 200)


def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another wording, target or owner for an objective; a proposal of it, where a board decides."""
    found = selectors.objective_for(viewer=request.user, key=key)
    policies.objectives.require(request.user, "define", found)
    if selectors.deciding_board("objective"):
        return _as_request("change", key)
    form = ObjectiveForm(request.POST or None, objective=found)
    given = request.POST.get("base", "")
    base = int(given) if given.isdecimal() and len(given) < 10 else found.version
    if request.method == "POST" and form.is_valid() and _defined(request, form, key, base):
        return redirect("taxonomy:objective", key)
    context = {"form": form, "objective": found, "base": base}
    return render(request, "taxonomy/objective_form.html", context, status=422 if form.errors else 200)


def _defined(request: HttpRequest, form: ObjectiveForm, key: str, base: int) -> str | None:
    """The key once the objective stands as the form says; None with the refusal on the form."""
    try:
        stored = define_objective(actor=cast(Actor, request.user), key=key, content=form.content(), base_version=base)
    except NotAllowed:
        raise
    except DomainError as refused:
        add_errors(form, refused)
        return None
    messages.success(request, f"{stored.name} stands as you wrote it.")
    return stored.key
