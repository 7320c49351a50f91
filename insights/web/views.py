"""Pages of the insights."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from insights.selectors import health


def health_page(request: HttpRequest) -> HttpResponse:
    """How every segment does."""
    return render(request, "insights/health.html", {"rows": health()})
