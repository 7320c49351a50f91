"""Pages of what programs send: the newest events as they come in, one event in full."""

import json
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from common.clock import now
from common.web import is_htmx
from customers import selectors
from customers.choices import EventType
from customers.policies import CustomerPolicy, ImportPolicy, SourcePolicy
from customers.selectors.arrivals import EventFilter, event_for, newest_events
from customers.services.retention_of_events import events_kept_since


def _asked(request: HttpRequest) -> EventFilter:
    given = {
        name: request.GET.get(name, "").replace("\x00", "").strip()[:200]
        for name in ("source", "type", "customer", "message")
    }
    return EventFilter(**given)


def _address(asked: EventFilter, **more: str) -> str:
    given = {name: getattr(asked, name) for name in asked.__slots__} | more
    return f"{reverse('customers:events')}?{urlencode({name: text for name, text in given.items() if text})}"


@never_cache
def events(request: HttpRequest) -> HttpResponse:
    """The newest events, drawn anew every few seconds unless paused."""
    SourcePolicy().require(request.user, "view")
    asked = _asked(request)
    context = {
        "asked": asked,
        "lines": newest_events(viewer=request.user, asked=asked),
        "at": now(),
        "paused": request.GET.get("paused") == "1",
        "go_on_url": _address(asked),
        "pause_url": _address(asked, paused="1"),
        **_frame(request),
    }
    return render(request, "customers/events.html#newest" if is_htmx(request) else "customers/events.html", context)


def _frame(request: HttpRequest) -> dict[str, Any]:
    """What stands around the list."""
    if is_htmx(request):
        return {"sees": CustomerPolicy().can(request.user, "view")}
    return {
        "sees": CustomerPolicy().can(request.user, "view"),
        "sources": selectors.sources_for(viewer=request.user),
        "types": EventType.choices,
        "defines": SourcePolicy().can(request.user, "define"),
        "imports": ImportPolicy().can(request.user, "view"),
        "kept_since": events_kept_since(now()),
        "months": settings.SEGPORTAL_EVENT_MONTHS,
        "base_url": request.build_absolute_uri("/").rstrip("/"),
    }


@never_cache
def event(request: HttpRequest, stamp: int, event_id: int) -> HttpResponse:
    """One event in full."""
    found = event_for(viewer=request.user, stamp=stamp, event_id=event_id)
    parts = [("Traits" if found.line.event.type in ("identify", "group") else "Properties", found.content)]
    parts.append(("Context", found.context))
    shown = [(label, json.dumps(part, indent=2, ensure_ascii=False, sort_keys=True)) for label, part in parts if part]
    return render(request, "customers/event.html", {"view": found, "event": found.line.event, "parts": shown})
