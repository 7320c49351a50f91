"""Pages of training: the path, a brief, one step at a time."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.errors import Invalid
from taxonomy.selectors import live_content as live_segment
from taxonomy.selectors import segment_for
from training.answers import right_at_first_try
from training.content import LABELS, LISTS, TEXTS
from training.selectors import (
    brief_page,
    last_version,
    live_content,
    live_version,
    path_of_learning,
    progress_for,
    retired_brief,
    retired_briefs_for,
    step_page,
    versions_of,
)
from training.services.upkeep import confirm_fit
from training.services.walkthroughs import answer_step, restart_walkthrough, start_walkthrough
from training.web.forms import given_answer, whole_number


def home(request: HttpRequest) -> HttpResponse:
    """My path; with `?state=retired` the briefs that are out of use."""
    if request.GET.get("state") == "retired":
        return render(request, "training/list_retired.html", {"gone": retired_briefs_for(viewer=request.user)})
    rows = path_of_learning(viewer=request.user)
    done = sum(row.state == "done" for row in rows)
    minutes = sum(row.minutes_left for row in rows)
    return render(request, "training/home.html", {"rows": rows, "done": done, "minutes": minutes})


def brief(request: HttpRequest, key: str) -> HttpResponse:
    """The brief of a segment, as it was where it is out of use, or the way to propose one."""
    segment = segment_for(viewer=request.user, key=key)
    if live_content(key) is None:
        return _without_brief(request, segment)
    page = brief_page(viewer=request.user, segment_key=key)
    return render(request, "training/brief.html", {"segment": segment, "page": page, **_told(page.version.content)})


def _without_brief(request: HttpRequest, segment: Any) -> HttpResponse:
    gone, last = retired_brief(segment.key), last_version(segment.key)
    if gone is None or last is None:
        return render(request, "training/missing.html", {"segment": segment, "live": live_segment(segment.key)})
    context = {"segment": segment, "gone": gone, "version": last, "versions": versions_of(segment.key)}
    return render(request, "training/retired.html", {**context, **_told(last.content)})


def _told(content: dict[str, Any]) -> dict[str, Any]:
    """The sections of a brief, in their order."""
    return {
        "texts": [(name, LABELS[name], content[name]) for name in TEXTS],
        "lists": [(name, LABELS[name], content[name]) for name in LISTS if content[name]],
    }


@require_POST
def fits(request: HttpRequest, key: str) -> HttpResponse:
    """The brief still fits the changed rule."""
    confirm_fit(actor=request.user, segment_key=key)
    messages.success(request, "Noted in your name: the brief still fits the rule.")
    return redirect("training:brief", key)


def walkthrough(request: HttpRequest, key: str) -> HttpResponse:
    """One step; without `?step=` the one where the person left off."""
    segment = segment_for(viewer=request.user, key=key)
    progress = progress_for(viewer=request.user, version=live_version(key))
    if progress is None:
        return render(request, "training/begin.html", {"segment": segment, "version": live_version(key)})
    asked = whole_number(request.GET.get("step"))
    if asked is None and progress.completed_at and progress.position:
        return redirect("training:done", key)
    page = step_page(progress=progress, segment_key=key, index=progress.position if asked is None else asked - 1)
    return render(request, "training/step.html", {"segment": segment, "page": page})


@require_POST
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Answer a step, or begin; then see its feedback, or the next step after one to read."""
    if "begin" in request.POST:
        start_walkthrough(actor=request.user, segment_key=key)
        return redirect("training:walkthrough", key)
    index, version = whole_number(request.POST.get("index")), whole_number(request.POST.get("version"))
    if index is None or version is None:
        raise Invalid("The form was incomplete. Go back to the walkthrough and answer again.")
    given = given_answer(request.POST)
    progress = answer_step(actor=request.user, segment_key=key, version_number=version, index=index, answer=given)
    if given is not None:
        return redirect(f"{reverse('training:walkthrough', args=[key])}?step={index + 1}")
    if index + 1 >= len(progress.version.content["walkthrough"]["steps"]):
        return redirect("training:done", key)
    return redirect(f"{reverse('training:walkthrough', args=[key])}?step={index + 2}")


@require_POST
def again(request: HttpRequest, key: str) -> HttpResponse:
    """Begin again."""
    restart_walkthrough(actor=request.user, segment_key=key)
    return redirect("training:walkthrough", key)


def done(request: HttpRequest, key: str) -> HttpResponse:
    """What was completed, and what comes next."""
    segment = segment_for(viewer=request.user, key=key)
    progress = progress_for(viewer=request.user, version=live_version(key))
    if progress is None or progress.completed_at is None:
        return redirect("training:walkthrough", key)
    right, asked = right_at_first_try(progress.answers)
    following = next((row for row in path_of_learning(viewer=request.user) if row.state != "done"), None)
    context = {"segment": segment, "progress": progress, "right": right, "asked": asked, "following": following}
    return render(request, "training/done.html", context)


def segment_region(request: HttpRequest, key: str) -> HttpResponse:
    """What the segment's page shows of its training."""
    segment = segment_for(viewer=request.user, key=key)
    page = brief_page(viewer=request.user, segment_key=key) if live_content(key) else None
    gone = None if page else retired_brief(key)
    return render(request, "training/segment_region.html", {"segment": segment, "page": page, "gone": gone})
