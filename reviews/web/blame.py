"""Where the clauses of a segment come from, what they rest on, and the answer to what no longer holds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from reviews.models import Assumption
from reviews.selectors.assuming import watched
from reviews.selectors.blame import blame_of
from reviews.services.assuming import review_assumption
from reviews.web.views import done
from taxonomy.selectors import segment_for


@require_GET
def segment_blame(request: HttpRequest, key: str) -> HttpResponse:
    """Each clause in force with the decisions that made it, as a region of the segment's page."""
    segment = segment_for(viewer=request.user, key=key)
    page = blame_of(viewer=request.user, key=segment.key)
    rows = [(blame, watched(request.user, blame.assumptions)) for blame in page.clauses]
    context = {"key": segment.key, "rows": rows, "general": watched(request.user, page.general), "is_cut": page.is_cut}
    return render(request, "reviews/blame.html", context)


@require_GET
def segment_assumptions(request: HttpRequest, key: str) -> HttpResponse:
    """What no longer holds of what the segment rests on, as a notice on its page; empty when all holds."""
    segment = segment_for(viewer=request.user, key=key)
    rows = Assumption.objects.filter(segment_key=segment.key, ended_at__isnull=True, review="open")
    context = {"rows": watched(request.user, list(rows.select_related("request")))}
    return render(request, "reviews/assumptions_open.html", context)


@require_POST
def assumption_review(request: HttpRequest, request_id: int, assumption_id: int) -> HttpResponse:
    """Close the review of an assumption with what was found."""
    note = request.POST.get("note", "")
    return done(
        request,
        request_id,
        "Noted. The change stands; propose another one where it should not.",
        lambda: review_assumption(actor=request.user, assumption_id=assumption_id, note=note),
    )
