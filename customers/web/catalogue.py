"""Pages of the attribute catalogue."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.actors import Actor
from common.errors import DomainError, NotAllowed
from common.web import add_errors, is_htmx
from customers import selectors
from customers.policies import AttributePolicy, ImportPolicy
from customers.rows.derivation_lines import FIELDS
from customers.services.attributes import define_attribute
from customers.services.imports import remap_import
from customers.web.forms import AttributeForm, CatalogueFilter
from customers.web.spreads import shown_spread
from customers.web.values import shown_sample

policy = AttributePolicy()
_ORIGIN = ("import", "column")


def attributes(request: HttpRequest) -> HttpResponse:
    """The catalogue: every attribute that the viewer may see, with source, fill rate and whether rules use it."""
    form = CatalogueFilter(request.GET, viewer=request.user)
    given = form.given
    lines = selectors.attribute_lines_for(
        viewer=request.user,
        text=given.get("q", ""),
        dimension=given.get("dimension", ""),
        kind=given.get("type", ""),
        source=given.get("source", ""),
    )
    context = {
        "form": form,
        "lines": lines,
        "chips": form.chips(),
        "is_narrowed": bool(given),
        "why_not": policy.reason(request.user, "define"),
        "imports": ImportPolicy().can(request.user, "view"),
    }
    template = "customers/attributes.html#results" if is_htmx(request) else "customers/attributes.html"
    return render(request, template, context)


def attribute(request: HttpRequest, key: str) -> HttpResponse:
    """One attribute: definition, quality, where it comes from and where it is used."""
    found = selectors.attribute_for(viewer=request.user, key=key)
    source = selectors.freshness_of(viewer=request.user).get(found.source.key) if found.source else None
    quality = selectors.attribute_quality(key)
    context = {
        "attribute": found,
        "quality": quality,
        "facts": selectors.fact_lines(found, viewer=request.user),
        "computed": selectors.derivation_sentence(found.derivation),
        "spread": shown_spread(selectors.distribution_for(request.user, key)),
        "uses": selectors.attribute_uses(key),
        "source": source,
        "changes": selectors.attribute_changes(found),
        "why_not": policy.reason(request.user, "define"),
    }
    return render(request, "customers/attribute.html", context)


def define(request: HttpRequest) -> HttpResponse:
    """A new attribute, perhaps for a column of a file that is being planned."""
    policy.require(request.user, "define")
    form = AttributeForm(request.POST or None, viewer=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid() and _defined(request, form, form.cleaned_data["key"], 0):
        return _back(request, form.cleaned_data["key"])
    context = _names(request) | {"form": form, "origin": {name: request.GET.get(name, "") for name in _ORIGIN}}
    return render(request, "customers/attribute_form.html", context, status=422 if form.errors else 200)


def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another wording, steward, source or threshold for an attribute."""
    policy.require(request.user, "define")
    found = selectors.attribute_for(viewer=request.user, key=key)
    form = AttributeForm(request.POST or None, content=selectors.content_of(found), viewer=request.user, own_key=key)
    given = request.POST.get("base", "")
    base = int(given) if given.isdecimal() and len(given) < 10 else found.version
    if request.method == "POST" and form.is_valid() and _defined(request, form, key, base):
        return redirect("customers:attribute", key)
    context = _names(request) | {"form": form, "attribute": found, "base": base}
    return render(request, "customers/attribute_form.html", context, status=422 if form.errors else 200)


@require_POST
def sample(request: HttpRequest) -> HttpResponse:
    """What the computation that is being written says, and gives for a few customers."""
    policy.require(request.user, "define")
    form = AttributeForm(request.POST, viewer=request.user)
    form.is_valid()
    found, unreadable = None, [str(one) for name in FIELDS for one in form.errors.get(name, ())]
    if not unreadable:
        given = {name: form.data.get(name, "") for name in ("type", "sensitivity")}
        content = given | {"choices": form.data.get("choices", "").split("\n"), **_computed(form)}
        key = form.data.get("own_key") or form.data.get("key") or "new"
        found = selectors.derivation_sample(request.user, key=key, content=content)
    context = {"found": found, "rows": shown_sample(found), "unreadable": unreadable}
    return render(request, "customers/attribute_sample.html", context)


def _computed(form: AttributeForm) -> dict[str, Any]:
    return {"derivation": form.cleaned_data.get("derivation")}


def _names(request: HttpRequest) -> dict[str, Any]:
    """What can be named: events that came of late, and attributes that a score can read."""
    return {"event_names": selectors.recent_event_names(), "score_names": selectors.names_for_scores(request.user)}


def _defined(request: HttpRequest, form: AttributeForm, key: str, base: int) -> bool:
    """Whether the attribute stands as the form says; else the refusal is on the form."""
    label = form.cleaned_data["label"]
    remarks = [one for faults in selectors.name_faults(key, label) for one in faults if one.is_remark]
    try:
        stored = define_attribute(actor=cast(Actor, request.user), key=key, content=form.content(), base_version=base)
    except NotAllowed:
        raise
    except DomainError as refused:
        add_errors(form, refused)
        return False
    messages.success(request, f"{stored.label} stands as you wrote it.")
    for one in remarks:
        messages.warning(request, f"{one.detail} {one.suggestion}")
    return True


def _back(request: HttpRequest, key: str) -> HttpResponse:
    """To the new attribute, or to the plan that asked for it, with its column mapped."""
    origin: Any = request.POST.get("import", "")
    if not origin.isdecimal() or len(origin) > 18:
        return redirect("customers:attribute", key)
    job = selectors.import_for(viewer=request.user, job_id=int(origin))
    mapping = {**job.mapping, request.POST.get("column", ""): key}
    try:
        remap_import(actor=cast(Actor, request.user), job_id=job.pk, mapping=mapping, keeps_empty=job.keeps_empty)
    except DomainError as refused:
        messages.warning(request, refused.detail)
    return redirect("customers:import", job.pk)
