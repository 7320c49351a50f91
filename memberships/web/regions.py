"""Regions that show memberships on the pages of lower apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.web import is_htmx
from customers.selectors import customer_for
from memberships import selectors
from memberships.policies import MembershipPolicy
from memberships.web.explaining import why_context
from memberships.web.parts import run_rights
from taxonomy.selectors import segment_for, version


@require_GET
def segment_size(request: HttpRequest, key: str) -> HttpResponse:
    """How many are in a segment, since when, and how that came."""
    segment = segment_for(viewer=request.user, key=key)
    history = selectors.size_history(segment.key)
    context = {
        "segment": segment,
        "size": selectors.size_of(segment.key),
        "history": history,
        "overdue": selectors.overdue_inputs_of(segment.key, viewer=request.user),
        "latest": history[-1] if history else None,
        "open_run": selectors.open_run_for(segment.key),
        "why_no_request": run_rights(request.user, None, [segment.key])["why_no_request"],
    }
    return render(request, "memberships/segment_size.html", context)


@require_GET
def tree_sizes(request: HttpRequest) -> HttpResponse:
    """The size of every segment, put into its place in the tree."""
    rows = list(selectors.sizes().values())
    whole = max((row.size or 0 for row in rows), default=0)
    return render(request, "memberships/tree_sizes.html", {"rows": rows, "whole": whole})


@require_GET
def customer_segments(request: HttpRequest, external_id: str) -> HttpResponse:
    """The segments that a customer is in, each with its why."""
    MembershipPolicy().require(request.user, "view_members")
    customer = customer_for(viewer=request.user, external_id=external_id)
    memberships = selectors.segments_of_ordinal(customer.ordinal)
    context = {
        "external_id": customer.external_id,
        "memberships": memberships,
        "others": selectors.segments_without({row.key for row in memberships}),
        "last_published_at": selectors.last_published_at(),
    }
    return render(request, "memberships/customer_segments.html", context)


@require_GET
def explanation(request: HttpRequest, external_id: str, key: str) -> HttpResponse:
    """Why a customer is in a segment or not: a page, or a region of the customer's page."""
    customer = customer_for(viewer=request.user, external_id=external_id)
    segment = segment_for(viewer=request.user, key=key)
    found = selectors.explanation(viewer=request.user, external_id=customer.external_id, segment_key=segment.key)
    is_region = is_htmx(request)
    context = {"segment": segment, "found": found, "is_region": is_region, **why_context(found)}
    template = "memberships/explanation.html"
    response = render(request, f"{template}#why" if is_region else template, context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def hold_out(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Whether what a version claims held on customers kept back."""
    segment = segment_for(viewer=request.user, key=key)
    reading = selectors.stored_hold_out(version(segment.key, number).pk)
    return render(request, "memberships/hold_out.html", {"reading": reading})
