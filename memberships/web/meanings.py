"""What the change from one version of a segment to another means, as a region of the page that compares them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.errors import Invalid
from memberships import selectors
from taxonomy.selectors import rule_of_version, segment_for, version


@require_GET
def version_meaning(request: HttpRequest, key: str, old: int, new: int) -> HttpResponse:
    """The class with its proof, the clauses that changed, and the customers of each region."""
    segment = segment_for(viewer=request.user, key=key)
    before, after = version(segment.key, old), version(segment.key, new)
    context: dict[str, Any] = {"old_name": f"version {before.number}", "new_name": f"version {after.number}"}
    try:
        context["meaning"] = selectors.meaning_for(request.user, rule_of_version(before), rule_of_version(after))
    except Invalid as refused:
        context["why_not"] = refused.detail
    return render(request, "memberships/meaning.html", context)
