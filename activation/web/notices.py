"""Pages of the notices."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from activation import selectors, services
from common.actors import Actor
from common.web import paginate


@never_cache
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What I was told, unread first."""
    page = paginate(request, selectors.notices_for(viewer=request.user), 40)
    context = {"page": page, "unread": selectors.unread_count(request.user)}
    return render(request, "activation/notices.html", context)


@never_cache
@require_GET
def notice(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """One announcement with its steps; whoever was told of it has seen it now."""
    selectors.announcement_for(viewer=request.user, announcement_id=announcement_id)
    services.see_notice(actor=cast(Actor, request.user), announcement_id=announcement_id)
    story = selectors.story_for(viewer=request.user, announcement_id=announcement_id)
    return render(request, "activation/notice.html", {"story": story, "notice": story.announcement})


@require_POST
def acknowledge(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """Take note for my function, from the home page or the notice's own."""
    services.acknowledge_notice(actor=cast(Actor, request.user), announcement_id=announcement_id)
    messages.success(request, "Acknowledged for your function.")
    return redirect("home") if request.POST.get("from") == "home" else redirect("activation:notice", announcement_id)
