"""Addresses of the tracking API, with and without a slash at the end: a redirect would lose what was sent."""

from django.urls import path, register_converter

from customers.api import tracking


class Call:
    """The kinds of call."""

    regex = "identify|track|group|page|screen|alias|batch"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Call, "tracking-call")

urlpatterns = [
    path("<tracking-call:call>", tracking.track, name="tracking"),
    path("<tracking-call:call>/", tracking.track, name="tracking-slash"),
    path("", tracking.unknown, name="tracking-none"),
    path("<path:other_call>", tracking.unknown, name="tracking-unknown"),
]
