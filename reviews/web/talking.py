"""What people say about a request: comments, comments on one clause, suggestions and their answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.errors import DomainError, NotFound
from reviews.selectors.clauses import anchor_of, path_of_clause
from reviews.services.comments import add_comment
from reviews.services.suggesting import decline_suggestion, suggest_wording, take_suggestion
from reviews.web.views import done


@require_POST
def comment(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say something, about the whole or about one clause; back to where it was said."""
    given = {name: request.POST.get(name, "") for name in ("body", "clause")}
    try:
        said = add_comment(actor=request.user, request_id=request_id, **given)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
        return redirect("reviews:request", request_id)
    messages.success(request, "Added.")
    page = reverse("reviews:request", args=[request_id])
    place = f"?tab=changes#{anchor_of(path_of_clause(said.clause))}" if said.clause else f"#comment-{said.pk}"
    return redirect(f"{page}{place}")


@require_POST
def suggest(request: HttpRequest, request_id: int) -> HttpResponse:
    """Offer another wording of one part."""
    given = {name: request.POST.get(name, "") for name in ("field", "proposed", "note")}
    return done(
        request,
        request_id,
        "Suggested. The author can take it or decline it.",
        lambda: suggest_wording(actor=request.user, request_id=request_id, **given),
    )


@require_POST
def take(request: HttpRequest, request_id: int, suggestion_id: int) -> HttpResponse:
    """Write what was suggested, as a new revision."""
    return done(
        request,
        request_id,
        "Taken. It is a new revision: everybody votes again.",
        lambda: take_suggestion(actor=request.user, request_id=request_id, suggestion_id=suggestion_id),
    )


@require_POST
def decline(request: HttpRequest, request_id: int, suggestion_id: int) -> HttpResponse:
    """Close a suggestion; nothing else changes."""
    return done(
        request,
        request_id,
        "Closed. The request stays as it is.",
        lambda: decline_suggestion(actor=request.user, request_id=request_id, suggestion_id=suggestion_id),
    )
