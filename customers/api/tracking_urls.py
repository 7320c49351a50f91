"""Addresses of the tracking API, with and without a slash at the end: a redirect would lose what was sent."""

from django.urls import re_path

from customers.api import tracking

urlpatterns = [
    re_path(r"^(?P<kind>identify|track|group|page|screen|alias|batch)/?$", tracking.track, name="tracking"),
    re_path(r"^", tracking.unknown, name="tracking-unknown"),
]
