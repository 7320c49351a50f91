"""Pages and regions of the playbooks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from common.web import paginate
from customers.selectors import customer_for
from playbooks.content import LABELS
from playbooks.selectors import (
    last_version,
    live_content,
    live_version,
    playbook_page,
    playbooks_for,
    plays_for,
    retired_playbook,
    retired_playbooks_for,
    versions_of,
)
from playbooks.services.reading import confirm_reading
from playbooks.services.upkeep import confirm_fit
from playbooks.web.sections import sections_of
from taxonomy.selectors import headings, segment_for
from taxonomy.selectors import live_content as live_segment


def playbook_list(request: HttpRequest) -> HttpResponse:
    """Every playbook in force; with `?state=retired` those that are out of use."""
    if request.GET.get("state") == "retired":
        return render(request, "playbooks/list_retired.html", {"gone": retired_playbooks_for(viewer=request.user)})
    page = paginate(request, playbooks_for(viewer=request.user), 40)
    named = headings(version.playbook.segment.key for version in page)
    rows = [(version, named.get(version.playbook.segment.key)) for version in page]
    return render(request, "playbooks/list.html", {"page": page, "rows": rows})


def playbook(request: HttpRequest, key: str) -> HttpResponse:
    """The playbook of a segment, as it was where it is out of use, or the way to propose one."""
    segment = segment_for(viewer=request.user, key=key)
    if live_content(key) is None:
        return _without_playbook(request, segment)
    page = playbook_page(viewer=request.user, segment_key=key)
    context = {"segment": segment, "page": page, "sections": sections_of(page.version.content), "labels": LABELS,
               "versions": versions_of(key)}  # fmt: skip
    return render(request, "playbooks/playbook.html", context)


def _without_playbook(request: HttpRequest, segment: Any) -> HttpResponse:
    gone, last = retired_playbook(segment.key), last_version(segment.key)
    if gone is None or last is None:
        return render(request, "playbooks/missing.html", {"segment": segment, "live": live_segment(segment.key)})
    context = {"segment": segment, "gone": gone, "version": last, "sections": sections_of(last.content),
               "versions": versions_of(segment.key)}  # fmt: skip
    return render(request, "playbooks/retired.html", context)


def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """An earlier wording."""
    segment = segment_for(viewer=request.user, key=key)
    found = get_object_or_404(versions_of(key), number=number)
    context: dict[str, Any] = {"segment": segment, "version": found, "sections": sections_of(found.content)}
    return render(request, "playbooks/version.html", context)


@require_POST
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """I have read this version."""
    number = request.POST.get("version", "")
    given = int(number) if number.isascii() and number.isdigit() else 0
    confirm_reading(actor=request.user, segment_key=key, version_number=given)
    messages.success(request, "Noted. You will be asked again when the playbook changes.")
    return redirect("playbooks:playbook", key)


@require_POST
def fits(request: HttpRequest, key: str) -> HttpResponse:
    """The playbook still fits the changed rule."""
    confirm_fit(actor=request.user, segment_key=key)
    messages.success(request, "Noted in your name: the playbook still fits the rule.")
    return redirect("playbooks:playbook", key)


def segment_region(request: HttpRequest, key: str) -> HttpResponse:
    """What the segment's page shows of the playbook."""
    segment = segment_for(viewer=request.user, key=key)
    version = live_version(key) if live_content(key) else None
    gone = None if version else retired_playbook(key)
    return render(request, "playbooks/segment_region.html", {"segment": segment, "version": version, "gone": gone})


def customer_region(request: HttpRequest, external_id: str) -> HttpResponse:
    """The plays to run for a customer now."""
    customer_for(viewer=request.user, external_id=external_id)
    plays = plays_for(viewer=request.user, external_id=external_id)
    return render(request, "playbooks/customer_region.html", {"plays": plays, "external_id": external_id})
