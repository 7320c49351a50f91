"""Search over everything the viewer may see, as a page and as suggestions while typing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.providers import providers
from common.search import SearchHit
from common.web import is_htmx

LONGEST = 100


def search(request: HttpRequest) -> HttpResponse:
    """Hits of all kinds for `q`, best first."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    limit = 6 if is_htmx(request) else 25
    hits: list[SearchHit] = []
    if text:
        hits = [hit for provider in providers("SEARCH") for hit in provider(request.user, text, limit)]
        hits.sort(key=lambda hit: -hit.score)
    template = "segportal/search.html#hits" if is_htmx(request) else "segportal/search.html"
    return render(request, template, {"text": text, "hits": hits[: limit * 4]})
