"""Objectives: the list, one of them, and the form that defines them."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.actors import Actor
from common.errors import DomainError, NotAllowed
from common.web import add_errors
from taxonomy import policies, selectors
from taxonomy.services.objectives import define_objective
from taxonomy.web.forms import ObjectiveForm


def objectives(request: HttpRequest) -> HttpResponse:
    """All objectives with their targets and how many segments serve them."""
    policies.objectives.require(request.user, "view")
    context = {
        "objectives": selectors.objectives_for(viewer=request.user),
        "why_not": policies.objectives.reason(request.user, "define"),
    }
    return render(request, "taxonomy/objectives.html", context)


def objective(request: HttpRequest, key: str) -> HttpResponse:
    """One objective and the segments that serve it."""
    found = selectors.objective_for(viewer=request.user, key=key)
    context = {
        "objective": found,
        "versions": selectors.versions_serving(key),
        "why_not": policies.objectives.reason(request.user, "define", found),
    }
    return render(request, "taxonomy/objective.html", context)


def define(request: HttpRequest) -> HttpResponse:
    """A new objective."""
    policies.objectives.require(request.user, "define")
    form = ObjectiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (key := _defined(request, form, form.cleaned_data["key"], 0)):
        return redirect("taxonomy:objective", key)
    return render(request, "taxonomy/objective_form.html", {"form": form}, status=422 if form.errors else 200)


def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another wording, target or owner for an objective."""
    found = selectors.objective_for(viewer=request.user, key=key)
    policies.objectives.require(request.user, "define", found)
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
