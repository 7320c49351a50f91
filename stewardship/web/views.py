"""Pages of upkeep: the steward's queue, owners, reviews, cycles, assessments."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.selectors import people, user_by_username
from aims.choices import UNUSED_DAYS
from aims.selectors import usage_of
from common.web import paginate
from stewardship import services
from stewardship.choices import Kept
from stewardship.policies import UpkeepPolicy
from stewardship.selectors.assessments import assessments_of, reviews_of, trends_of
from stewardship.selectors.calendar import sessions_about
from stewardship.selectors.kept import thing, things
from stewardship.selectors.ownership import (
    boards_by_segment,
    other_things_of,
    owned_by,
    owners_of,
    unowned,
    without_board,
)
from stewardship.selectors.queue import queue_for
from stewardship.web.carrying import actor_of, carried
from stewardship.web.forms import AssessmentForm, CycleForm, HandOverForm, ReviewForm

policy = UpkeepPolicy()


@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """All that waits for a steward."""
    policy.require(request.user, "view")
    return render(request, "stewardship/home.html", {"parts": queue_for(request.user)})


@never_cache
@require_GET
def ownership(request: HttpRequest) -> HttpResponse:
    """What nobody answers for, and what one person does."""
    policy.require(request.user, "view")
    asked = request.GET.get("person", "")
    person = user_by_username(asked[:150].replace("\x00", "")) if asked else request.user
    context: dict[str, Any] = {
        "gaps": unowned(),
        "boardless": without_board(),
        "person": person,
        "owned": owned_by(person),
        "others": other_things_of(person),
        "people": people(),
    }
    return render(request, "stewardship/ownership.html", context)


@never_cache
def hand_over(request: HttpRequest, key: str) -> HttpResponse:
    """Propose other owners for a segment."""
    found = thing(Kept.SEGMENT, key)
    policy.require(request.user, "hand_over", found)
    form = HandOverForm(request.POST or None, present=owners_of(key))
    if request.method == "POST":
        made = carried(form, lambda: _proposed(request, form, key))
        if made is not None:
            messages.success(request, "Proposed. The board decides; until then the old owners answer.")
            return redirect("reviews:request", made.pk)
    context: dict[str, Any] = {"thing": found, "form": form, "board": boards_by_segment().get(key)}
    return render(request, "stewardship/hand_over.html", context, status=422 if form.errors else 200)


def _proposed(request: HttpRequest, form: HandOverForm, key: str) -> Any:
    reason = form.cleaned_data["reason"]
    return services.propose_handover(actor=actor_of(request), key=key, owners=form.owners(), reason=reason)


@never_cache
@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """Everything with its review-by date."""
    policy.require(request.user, "view")
    asked = request.GET.get("type", "")
    found = things(*([asked] if asked in Kept.values else []))
    if request.GET.get("due"):
        found = [each for each in found if each.is_overdue]
    context: dict[str, Any] = {
        "page": paginate(request, found, 50),
        "types": Kept.choices,
        "type": asked,
        "due": bool(request.GET.get("due")),
    }
    return render(request, "stewardship/reviews.html", context)


@never_cache
def review(request: HttpRequest, type_: str, key: str) -> HttpResponse:
    """One thing: when it was looked at, and the form to say that nothing has to change."""
    policy.require(request.user, "view")
    form = ReviewForm(request.POST or None)
    if request.method == "POST":
        given: dict[str, Any] = {"actor": actor_of(request), "type_": type_, "key": key}
        if carried(form, lambda: services.record_review(**given, **form.arguments())) is not None:
            messages.success(request, "Written down. It is due again after its cycle.")
            return redirect("stewardship:review", type_, key)
    return _review_page(request, type_, key, form)


def _review_page(request: HttpRequest, type_: str, key: str, form: ReviewForm, **more: Any) -> HttpResponse:
    found = thing(type_, key)
    context: dict[str, Any] = {
        "thing": found,
        "form": form,
        "cycle": more.get("cycle") or CycleForm(initial={"days": found.own_days}),
        "past": reviews_of(type_, key)[:30],
        "why_not": policy.reason(request.user, "review", found),
        "owners": people().filter(pk__in=found.owner_ids),
        "use": usage_of(key) if type_ == Kept.SEGMENT else None,
        "days": UNUSED_DAYS,
    }
    is_wrong = form.errors or context["cycle"].errors
    return render(request, "stewardship/review.html", context, status=422 if is_wrong else 200)


@require_POST
def cycle(request: HttpRequest, type_: str, key: str) -> HttpResponse:
    """How often the thing is looked at."""
    form = CycleForm(request.POST)
    given: dict[str, Any] = {"actor": actor_of(request), "type_": type_, "key": key}
    if carried(form, lambda: services.set_cycle(**given, days=form.cleaned_data["days"])) is None:
        return _review_page(request, type_, key, ReviewForm(), cycle=form)
    messages.success(request, "The cycle stands as you set it.")
    return redirect("stewardship:review", type_, key)


@never_cache
def assessments(request: HttpRequest, key: str) -> HttpResponse:
    """How a segment was assessed, and a new assessment."""
    policy.require(request.user, "view")
    found = thing(Kept.SEGMENT, key)
    form = AssessmentForm(request.POST or None)
    if request.method == "POST":
        given: dict[str, Any] = {"actor": actor_of(request), "key": key}
        if carried(form, lambda: services.assess_segment(**given, scores=form.cleaned_data)) is not None:
            messages.success(request, "Assessed.")
            return redirect("stewardship:assessments", key)
    context: dict[str, Any] = {
        "thing": found,
        "form": form,
        "trends": trends_of(key),
        "rows": assessments_of(key)[:40],
        "why_not": policy.reason(request.user, "assess", found),
    }
    return render(request, "stewardship/assessments.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def segment_region(request: HttpRequest, key: str) -> HttpResponse:
    """What upkeep knows of a segment, for its page."""
    policy.require(request.user, "view")
    found = thing(Kept.SEGMENT, key)
    context: dict[str, Any] = {
        "thing": found,
        "trends": trends_of(key),
        "last": reviews_of(Kept.SEGMENT, key).first(),
        "sessions": sessions_about(key)[:5],
        "why_not": policy.reason(request.user, "review", found),
        "board": boards_by_segment().get(key),
    }
    return render(request, "stewardship/segment_region.html", context)
