"""Pages of the sources."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common.actors import Actor
from common.errors import DomainError, NotAllowed
from common.web import add_errors, paginate
from customers import selectors
from customers.policies import ImportPolicy, SourcePolicy
from customers.selectors.arrivals import write_keys_of
from customers.services.sources import define_source
from customers.services.write_keys import create_write_key, revoke_write_key
from customers.web.forms import SourceForm, WriteKeyForm

policy = SourcePolicy()
REVOKE_CONSEQUENCES = (
    "Programs that send with it are refused from now on, and most of them drop what they could not send.",
    "What was received stays. A revoked key cannot be used again; make a new one first.",
)


def sources(request: HttpRequest) -> HttpResponse:
    """All sources with their freshness."""
    policy.require(request.user, "view")
    context = {
        "lines": selectors.source_lines_for(viewer=request.user),
        "why_not": policy.reason(request.user, "define"),
        "imports": ImportPolicy().can(request.user, "view"),
    }
    return render(request, "customers/sources.html", context)


@never_cache
def source(request: HttpRequest, key: str) -> HttpResponse:
    """One source: freshness, what it gives, when data came, which keys programs send with."""
    return render(request, "customers/source.html", source_context(request, key))


def source_context(request: HttpRequest, key: str) -> dict[str, Any]:
    """What the page of a source shows; its write keys only to those who define sources."""
    found = selectors.source_for(viewer=request.user, key=key)
    why_not = policy.reason(request.user, "define")
    return {
        "source": found,
        "line": selectors.freshness_of(viewer=request.user)[key],
        "attributes": selectors.attributes_for(viewer=request.user, source=key),
        "page": paginate(request, selectors.loads_of(found), 20),
        "why_not": why_not,
        "imports": ImportPolicy().can(request.user, "view"),
        "keys": [] if why_not else [(token, f"revoke-{token.pk}") for token in write_keys_of(found)],
        "form": WriteKeyForm(),
        "base_url": request.build_absolute_uri("/").rstrip("/"),
        "revoke_consequences": REVOKE_CONSEQUENCES,
    }


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


@never_cache
def write_key_new(request: HttpRequest, key: str) -> HttpResponse:
    """A new write key; its text is shown this once. The address alone, from the browser's history, leads back."""
    policy.require(request.user, "define")
    if request.method != "POST":
        return redirect("customers:source", key)
    form = WriteKeyForm(request.POST)
    plain = None
    if form.is_valid():
        name = form.cleaned_data["name"]
        plain = create_write_key(actor=cast(Actor, request.user), source_key=key, name=name)
        form = WriteKeyForm()
    context = source_context(request, key) | {"plain": plain, "form": form}
    return render(request, "customers/source.html", context, status=422 if form.errors else 200)


@require_POST
def write_key_revoke(request: HttpRequest, key: str, token_id: int) -> HttpResponse:
    """End a write key."""
    name = revoke_write_key(actor=cast(Actor, request.user), source_key=key, token_id=token_id)
    messages.success(request, f"The write key “{name}” opens nothing any more.")
    return redirect("customers:source", key)
