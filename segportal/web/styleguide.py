"""A page for builders, with DEBUG only: every component with good and with awkward data."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from segportal.web.styleguide_samples import samples


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component, good and awkward."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "styleguide.html", samples())
