"""The region of a governed word's page that tells what is under change about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reviews.selectors import governing_board, requests_for
from taxonomy.selectors.definitions import definition_for


def word_region(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Requests about a term, a metric or a guideline, newest first, and the board that decides."""
    definition = definition_for(viewer=request.user, kind=kind, key=key)
    rows = requests_for(viewer=request.user).filter(subject_type=definition.type, subject_key=key)
    context = {"key": key, "rows": rows[:6], "total": rows.count(), "board": governing_board([], definition.type)}
    return render(request, "reviews/segment_region.html", context)
