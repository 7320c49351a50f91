"""Families of segments in members: how the parts add up, and who is in an overlap or in a gap."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from common.errors import DomainError, NotAllowed
from memberships.policies import MembershipPolicy
from memberships.selectors.families import parts_of
from memberships.selectors.overlaps import outside_page, overlap_page
from memberships.web.parts import segment_page
from taxonomy.selectors import headings, segment_for


@require_GET
def family_parts(request: HttpRequest, key: str) -> HttpResponse:
    """A region: the children of a segment against the whole, for counts and for one number."""
    segment = segment_for(viewer=request.user, key=key)
    found = parts_of(viewer=request.user, key=segment.key, attribute=request.GET.get("attribute", ""))
    return render(request, "memberships/family_parts.html", {"segment": segment, "found": found})


@require_GET
def overlap(request: HttpRequest, key: str, other: str) -> HttpResponse:
    """The customers who are in both segments."""
    context = segment_page(request.user, key)
    second = segment_for(viewer=request.user, key=other)
    name = headings([second.key])[second.key].name
    title = f"Both in {context['version'].name} and in {name}"
    return _listed(
        request,
        context,
        title,
        lambda after: overlap_page(viewer=request.user, first=key, second=second.key, after=after),
    )


@require_GET
def outside_children(request: HttpRequest, key: str) -> HttpResponse:
    """The customers of a segment who are in none of its children."""
    context = segment_page(request.user, key)
    title = f"In {context['version'].name} and in none of its children"
    return _listed(request, context, title, lambda after: outside_page(viewer=request.user, key=key, after=after))


def _listed(request: HttpRequest, context: dict[str, Any], title: str, read: Any) -> HttpResponse:
    given = request.GET.get("after", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else -1
    crumbs = [
        *context["breadcrumb"][:-1],
        {"label": "Family", "href": reverse("taxonomy:family", args=[context["segment"].key])},
    ]
    context |= {"title": title, "breadcrumb": [*crumbs, {"label": "Customers"}]}
    context["why_not"] = MembershipPolicy().reason(request.user, "view_members")
    try:
        page = read(after)
        context |= {"page": page, "next_url": f"?after={page.next}" if page.next is not None else ""}
    except NotAllowed:
        pass
    except DomainError as error:
        context["trouble"] = error.detail
    response = render(request, "memberships/region.html", context, status=403 if context["why_not"] else 200)
    response["Cache-Control"] = "private, no-store"
    return response
