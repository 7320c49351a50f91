"""What a proposed change of a segment's rule means, as a region of the request's page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.errors import Invalid
from memberships.selectors import meaning_for
from reviews.selectors import request_for
from taxonomy.selectors import rule_of_content


@require_GET
def request_meaning(request: HttpRequest, request_id: int) -> HttpResponse:
    """The proposed effective rule against the one that it was written against, both as parents stand today."""
    found = request_for(viewer=request.user, request_id=request_id)
    context: dict[str, Any] = {"old_name": f"version {found.base_version}", "new_name": "the proposal"}
    try:
        old, new = rule_of_content(found.base_content or {}), rule_of_content(found.proposed)
        context["meaning"] = meaning_for(request.user, old, new)
    except Invalid as refused:
        context["why_not"] = refused.detail
    return render(request, "memberships/meaning.html", context)
