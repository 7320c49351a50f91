"""The taxonomy's tree and the page of one segment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.web import is_htmx
from taxonomy import policies, selectors
from taxonomy.web.forms import TreeFilter
from taxonomy.web.parts import crumbs_of, filter_chips, tree_found


def tree(request: HttpRequest) -> HttpResponse:
    """All segments in use as a tree, narrowed by what the address asks."""
    policies.segments.require(request.user, "view")
    form = TreeFilter(request.GET, viewer=request.user)
    context = {"form": form, "chips": filter_chips(form), **tree_found(request.user, form)}
    return render(request, "taxonomy/tree.html#results" if is_htmx(request) else "taxonomy/tree.html", context)


def segment(request: HttpRequest, key: str) -> HttpResponse:
    """What the segment means, where it stands, who answers for it."""
    overview = selectors.overview_for(viewer=request.user, key=key)
    context = {
        "overview": overview,
        "segment": overview.segment,
        "version": overview.version,
        "breadcrumb": crumbs_of(overview),
    }
    return render(request, "taxonomy/segment.html", context)
