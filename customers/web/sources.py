"""Pages of the sources."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.actors import Actor
from common.errors import DomainError, NotAllowed
from common.web import add_errors, paginate
from customers import selectors
from customers.policies import ImportPolicy, SourcePolicy
from customers.services.sources import define_source
from customers.web.forms import SourceForm

policy = SourcePolicy()


def sources(request: HttpRequest) -> HttpResponse:
    """All sources with their freshness."""
    policy.require(request.user, "view")
    context = {
        "lines": selectors.source_lines_for(viewer=request.user),
        "why_not": policy.reason(request.user, "define"),
        "imports": ImportPolicy().can(request.user, "view"),
    }
    return render(request, "customers/sources.html", context)


def source(request: HttpRequest, key: str) -> HttpResponse:
    """One source: freshness, what it gives, when data came."""
    found = selectors.source_for(viewer=request.user, key=key)
    context = {
        "source": found,
        "line": selectors.freshness_of(viewer=request.user)[key],
        "attributes": selectors.attributes_for(viewer=request.user, source=key),
        "page": paginate(request, selectors.loads_of(found), 20),
        "why_not": policy.reason(request.user, "define"),
        "imports": ImportPolicy().can(request.user, "view"),
    }
    return render(request, "customers/source.html", context)


def define(request: HttpRequest) -> HttpResponse:
    """A new source."""
    policy.require(request.user, "define")
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _defined(request, form, form.cleaned_data["key"], 0):
        return redirect("customers:source", form.cleaned_data["key"])
    return render(request, "customers/source_form.html", {"form": form}, status=422 if form.errors else 200)


def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another name, steward or rhythm for a source."""
    policy.require(request.user, "define")
    found = selectors.source_for(viewer=request.user, key=key)
    form = SourceForm(request.POST or None, stored=found)
    given = request.POST.get("base", "")
    base = int(given) if given.isdecimal() and len(given) < 10 else found.version
    if request.method == "POST" and form.is_valid() and _defined(request, form, key, base):
        return redirect("customers:source", key)
    context = {"form": form, "source": found, "base": base}
    return render(request, "customers/source_form.html", context, status=422 if form.errors else 200)


def _defined(request: HttpRequest, form: SourceForm, key: str, base: int) -> bool:
    """Whether the source stands as the form says; else the refusal is on the form."""
    try:
        stored = define_source(actor=cast(Actor, request.user), key=key, content=form.content(), base_version=base)
    except NotAllowed:
        raise
    except DomainError as refused:
        add_errors(form, refused)
        return False
    messages.success(request, f"{stored.name} stands as you wrote it.")
    return True
