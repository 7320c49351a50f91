"""Quick wins: what was flagged, and the results that were published."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aims import policies, selectors
from aims.services.releasing import publish_win
from common.errors import DomainError, NotAllowed


def wins(request: HttpRequest) -> HttpResponse:
    """All changes that were flagged as quick wins, with what came of them."""
    context = {
        "wins": selectors.wins_for(viewer=request.user),
        "why_not": policies.aims.reason(request.user, "publish_win"),
    }
    return render(request, "aims/wins.html", context)


@require_POST
def publish(request: HttpRequest, request_ref: str) -> HttpResponse:
    """Publish what was measured before and after."""
    try:
        publish_win(actor=request.user, request_ref=request_ref, words=request.POST.get("words", ""))
        messages.success(request, "The result is published.")
    except NotAllowed:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("aims:wins")
