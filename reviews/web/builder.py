"""The editor of a rule: three views of one draft, changed deed by deed."""

import json
import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common.errors import Invalid
from common.web.limits import rule_question
from customers.selectors import distribution_for
from memberships.policies import MembershipPolicy
from reviews.errors import DraftMoved
from reviews.models import RuleDraft
from reviews.policies import Place, RequestPolicy
from reviews.selectors import request_for
from reviews.selectors.builder import editor_for
from reviews.selectors.builder_choices import attribute_choices, segment_choices
from reviews.selectors.builder_look import look_at, proved_about
from reviews.selectors.builder_members import overlaps_for, sample_for
from reviews.selectors.rule_states import (
    Reading,
    draft_for,
    history_in,
    reading_of,
    state_of,
    state_of_text,
)
from reviews.services.drafts import (
    change_rule_draft,
    copy_rule_draft,
    forget_rule_draft,
    open_rule_draft,
    show_rule_draft,
    turn_rule_draft,
)
from reviews.web.builder_fields import Deed, change_of, deed_of, same_shape
from taxonomy import policies as taxonomy_policies
from taxonomy.rules.sketch import Sketch
from taxonomy.selectors import rule_catalogue_for, tree_for

_SUBJECT = re.compile(r"try|create|change:[a-z0-9][a-z0-9_-]{0,62}|request:([0-9]{1,9})")


def try_rule(request: HttpRequest) -> HttpResponse:
    """A page to try a rule on: nothing is kept of it but the draft."""
    taxonomy_policies.segments.require(request.user, "view")
    may_propose = RequestPolicy().can(request.user, "propose", Place((), "segment"))
    places = tree_for(request.user)
    context = {"may_propose": may_propose, "places": places, "parent": request.GET.get("parent", "")}
    return render(request, "reviews/try_rule.html", context)


@require_POST
def open_draft(request: HttpRequest) -> HttpResponse:
    """The editor of a subject: as it was left, or begun from the text of the form."""
    taxonomy_policies.segments.require(request.user, "view")
    subject, start = _subject(request), request.POST.get("rule", "").replace("\r\n", "\n").replace("\x00", "")
    state = state_of_text(start, rule_catalogue_for(request.user))
    if state["sketch"]["root"]["parts"] or not start.strip():
        state = {**state, "text": None}
    draft = open_rule_draft(actor=request.user, subject=subject, start=start, state=state)
    about = {"resumed": draft.revision > 1, "has_moved": draft.start != start}
    context = {"editor": editor_for(request.user, draft), **about}
    return render(request, "reviews/builder_open.html", context)


def _subject(request: HttpRequest) -> str:
    """The subject as the page names it; a request that the person may not see has no draft either."""
    found = _SUBJECT.fullmatch(request.POST.get("subject", ""))
    if found is None:
        raise Invalid("It is not said which rule is written.", pointer="/subject")
    if found[1]:
        request_for(viewer=request.user, request_id=int(found[1]))
    return found[0]


@require_POST
def change(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Do one deed with the draft, after taking over what stands in the inputs."""
    deed = deed_of(request)
    before = draft_for(viewer=request.user, draft_id=draft_id)
    old = history_in(before).step.state
    try:
        draft = _done(request, draft_id, deed)
    except DraftMoved as moved:
        return _disagreement(request, draft_id, moved)
    # The text view is never drawn anew under somebody who types in it, also when it could not be left yet.
    is_text = before.view == draft.view == "text" and deed.name in ("fill", "view")
    if is_text or (deed.name == "fill" and same_shape(old, history_in(draft).step.state)):
        return _status(request, draft)
    return _editor(request, draft)


def _done(request: HttpRequest, draft_id: int, deed: Deed) -> RuleDraft:
    page: dict[str, Any] = {"actor": request.user, "draft_id": draft_id, "seen": deed.seen, "tab": deed.tab}
    if deed.name in ("undo", "redo"):
        return turn_rule_draft(**page, back=deed.name == "undo")
    catalogue = rule_catalogue_for(request.user)
    if deed.name == "restart":
        empty = state_of(Sketch())
        return change_rule_draft(**page, change=lambda state: empty)
    touch = deed.touch if deed.name == "fill" else ""
    draft = change_rule_draft(**page, change=change_of(deed, catalogue), touch=touch)
    if deed.name == "view":
        draft = _shown(request, draft, deed)
    return draft


def _shown(request: HttpRequest, draft: RuleDraft, deed: Deed) -> RuleDraft:
    """Another view, unless the text cannot be read yet: then it stays where the fault is."""
    wanted = deed.words[0] if deed.words else "builder"
    reading = _reading(request, draft)
    if reading.fault is not None and wanted != "text":
        return draft
    return show_rule_draft(actor=request.user, draft_id=draft.pk, view=wanted)


def _reading(request: HttpRequest, draft: RuleDraft) -> Reading:
    return reading_of(history_in(draft).step.state, rule_catalogue_for(request.user))


def _editor(request: HttpRequest, draft: RuleDraft) -> HttpResponse:
    return _announced(render(request, "reviews/builder.html", {"editor": editor_for(request.user, draft)}))


def _status(request: HttpRequest, draft: RuleDraft) -> HttpResponse:
    """Only what stands around the inputs, so that nobody is interrupted while typing."""
    answer = render(request, "reviews/builder_status.html", {"editor": editor_for(request.user, draft)})
    answer["HX-Reswap"] = "none"
    return _announced(answer)


def _announced(answer: HttpResponse) -> HttpResponse:
    answer["HX-Trigger-After-Settle"] = "builder-changed"
    return answer


def _disagreement(request: HttpRequest, draft_id: int, moved: DraftMoved) -> HttpResponse:
    """Both versions of a draft that two pages changed; the person says which one goes on."""
    draft = draft_for(viewer=request.user, draft_id=draft_id)
    mine = reading_of(moved.mine, rule_catalogue_for(request.user)) if moved.mine else None
    context = {"draft": draft, "theirs": _reading(request, draft), "mine": mine, "mine_state": json.dumps(moved.mine)}
    return render(request, "reviews/builder_disagreement.html", context)


@require_POST
@rule_question
def look(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Whom the rule selects, clause by clause, and what to look at twice."""
    draft = draft_for(viewer=request.user, draft_id=draft_id)
    found = look_at(request.user, _reading(request, draft), request.POST.get("parent") or None)
    sees = MembershipPolicy().can(request.user, "view_members")
    return render(request, "reviews/builder_look.html", {"look": found, "draft": draft, "sees_members": sees})


@require_POST
@rule_question
def proofs(request: HttpRequest, draft_id: int) -> HttpResponse:
    """What is proved to be wrong with the rule, and with which siblings it shares customers."""
    draft = draft_for(viewer=request.user, draft_id=draft_id)
    reading = _reading(request, draft)
    parent = request.POST.get("parent") or None
    own_key = draft.subject.removeprefix("change:") if draft.subject.startswith("change:") else ""
    overlaps = overlaps_for(request.user, reading, parent, own_key)
    proved = sorted(proved_about(reading, parent).items())
    return render(request, "reviews/builder_proofs.html", {"proved": proved, "overlaps": overlaps})


@require_POST
@rule_question
def sample(request: HttpRequest, draft_id: int) -> HttpResponse:
    """A few customers whom the rule selects."""
    draft = draft_for(viewer=request.user, draft_id=draft_id)
    found = sample_for(request.user, _reading(request, draft), request.POST.get("parent") or None)
    return render(request, "reviews/builder_sample.html", {"external_ids": found})


@require_GET
def attributes(request: HttpRequest) -> HttpResponse:
    """The options of a search for an attribute."""
    text, type_, without = (request.GET.get(name, "")[:100] for name in ("q", "type", "without"))
    found = attribute_choices(request.user, text, type_, without)
    return render(request, "reviews/builder_options.html", {"choices": found, "noun": "attribute", "text": text})


@require_GET
def segments(request: HttpRequest) -> HttpResponse:
    """The options of a search for a segment."""
    text = request.GET.get("q", "")[:100]
    found = segment_choices(request.user, text)
    return render(request, "reviews/builder_options.html", {"choices": found, "noun": "segment", "text": text})


@require_GET
def spread(request: HttpRequest, key: str) -> HttpResponse:
    """How the values of an attribute are spread among the customers."""
    return render(request, "reviews/builder_spread.html", {"spread": distribution_for(request.user, key)})


@require_POST
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Throw the draft away and begin from the rule in force again."""
    draft = draft_for(viewer=request.user, draft_id=draft_id)
    forget_rule_draft(actor=request.user, subject=draft.subject)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Go on to the form of a new segment with the rule that was tried, below the parent that it was tried below."""
    copy_rule_draft(actor=request.user, source="try", subject="create")
    asked = {"type": "segment", "kind": "create", "parent": request.POST.get("parent", "")[:63]}
    return redirect(f"{reverse('reviews:request-new')}?{urlencode({k: v for k, v in asked.items() if v})}")
