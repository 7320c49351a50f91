"""Pages of the shadow lane: all candidates that run, those of one segment, and one of them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from common.errors import DomainError
from memberships.policies import ShadowPolicy
from memberships.selectors.shadows import shadow_by_id, shadows_of, shadows_running, shown_shadow
from memberships.services.shadows import USUAL_DAYS, start_shadow, stop_shadow
from memberships.web.parts import segment_page
from memberships.web.shadow_forms import ShadowForm
from taxonomy.selectors import headings


@require_GET
def shadows(request: HttpRequest) -> HttpResponse:
    """All shadows, with owner and age."""
    rows = list(shadows_running())
    return render(request, "memberships/shadows.html", {"rows": rows, "names": _names(row.segment_key for row in rows)})


@require_GET
def shadow(request: HttpRequest, shadow_id: int) -> HttpResponse:
    """One shadow: its rule, how it differs from the rule in force, and what may be done with it."""
    found = shadow_by_id(shadow_id)
    context = {"found": shown_shadow(request.user, found), "shadow": found, "names": _names([found.segment_key])}
    return _private(render(request, "memberships/shadow.html", context))


@require_GET
def of_segment(request: HttpRequest, key: str) -> HttpResponse:
    """The shadows of a segment, and the form that starts one."""
    return _segment(request, key, ShadowForm(initial={"days": USUAL_DAYS}))


@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Start a shadow beside the rule in force."""
    form = ShadowForm(request.POST)
    if not form.is_valid():
        return _segment(request, key, form, status=422)
    try:
        made = start_shadow(actor=request.user, segment_key=key, **form.cleaned_data)
    except DomainError as refused:
        form.add_error("rule" if "rule" in refused.code else None, refused.detail)
        return _segment(request, key, form, status=refused.status)
    messages.success(request, f"“{made.name}” runs in the shadow until {made.ends_on:%-d %B %Y}.")
    return redirect("memberships:shadow", made.pk)


@require_POST
def stop(request: HttpRequest, shadow_id: int) -> HttpResponse:
    """End a shadow before its time."""
    stop_shadow(actor=request.user, shadow_id=shadow_id, reason=request.POST.get("reason", ""))
    messages.success(request, "It has ended. Its days stay.")
    return redirect("memberships:shadow", shadow_id)


def _segment(request: HttpRequest, key: str, form: ShadowForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = segment_page(request.user, key, here="Shadow")
    context |= {
        "form": form,
        "shadows": [shown_shadow(request.user, row) for row in shadows_of(key)[:10]],
        "why_not_start": ShadowPolicy().reason(request.user, "start", key),
    }
    return _private(render(request, "memberships/segment_shadows.html", context, status=status))


def _names(keys: Iterable[str | None]) -> dict[str, str]:
    """Key -> name of the segments beside which shadows run."""
    return {key: found.name for key, found in headings(key for key in keys if key).items()}


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer
