"""Pages of training: the path, a brief, one step at a time."""

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
from training.selectors import brief_page, live_content, live_version, path_of_learning, progress_for, step_page
from training.services.upkeep import confirm_fit
from training.services.walkthroughs import answer_step, restart_walkthrough, start_walkthrough
from training.web.forms import given_answer, whole_number


def home(request: HttpRequest) -> HttpResponse:
    """My path."""
    rows = path_of_learning(viewer=request.user)
    done = sum(row.state == "done" for row in rows)
    minutes = sum(row.minutes_left for row in rows)
    return render(request, "training/home.html", {"rows": rows, "done": done, "minutes": minutes})


def brief(request: HttpRequest, key: str) -> HttpResponse:
    """The brief of a segment, or the way to propose one."""
    segment = segment_for(viewer=request.user, key=key)
    if live_content(key) is None:
        return render(request, "training/missing.html", {"segment": segment, "live": live_segment(key)})
    page = brief_page(viewer=request.user, segment_key=key)
    texts = [(name, LABELS[name], page.version.content[name]) for name in TEXTS]
    lists = [(name, LABELS[name], page.version.content[name]) for name in LISTS if page.version.content[name]]
    return render(request, "training/brief.html", {"segment": segment, "page": page, "texts": texts, "lists": lists})


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
    return render(request, "training/segment_region.html", {"segment": segment, "page": page})
