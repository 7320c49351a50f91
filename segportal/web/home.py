"""The home page: what waits for me, what changed, what is due, from every app that has something to say."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.providers import providers
from segportal.greeting import greeting_for


def home(request: HttpRequest) -> HttpResponse:
    """Panels by role, most pressing first."""
    panels = [panel for provider in providers("HOME_PANELS") for panel in provider(request.user)]
    panels.sort(key=lambda panel: panel.order)
    context = {"panels": panels, "greeting": greeting_for(request.user)}
    return render(request, "segportal/home.html", context)
