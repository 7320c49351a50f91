"""From a request into the shadow lane, and from the shadow lane into a request."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from reviews.services.shadowing import promote_shadow, run_in_shadow


@require_POST
def request_shadow(request: HttpRequest, request_id: int) -> HttpResponse:
    """Run the rule of a request beside the one in force."""
    made = run_in_shadow(actor=request.user, request_id=request_id)
    messages.success(request, f"It runs in the shadow until {made.ends_on:%-d %B %Y}. Nobody gets its members.")
    return redirect("memberships:shadow", made.pk)


@require_POST
def shadow_promote(request: HttpRequest, shadow_id: int) -> HttpResponse:
    """Write a draft that proposes what ran in the shadow, and names the shadow."""
    made = promote_shadow(actor=request.user, shadow_id=shadow_id)
    messages.success(request, "A draft. Say what you expect of it, then submit it; the board sees the record.")
    return redirect("reviews:request", made.pk)
