"""From a request into the shadow lane, and from the shadow lane into a request."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from common.errors import Conflict
from memberships.selectors.shadows import shadow_by_id
from memberships.services.shadows import start_shadow
from reviews.choices import SubjectType
from reviews.selectors import request_for
from reviews.services.requests import create_request
from taxonomy.selectors import live_content


@require_POST
def request_shadow(request: HttpRequest, request_id: int) -> HttpResponse:
    """Run the rule of a request beside the one in force."""
    found = request_for(viewer=request.user, request_id=request_id)
    rule = found.proposed.get("rule") if found.subject_type == SubjectType.SEGMENT else None
    if not rule:
        raise Conflict("This request proposes no rule, so nothing can run beside the one in force.", code="no_rule")
    is_live = live_content(found.subject_key) is not None
    made = start_shadow(
        actor=request.user,
        rule=rule,
        name=found.title[:120],
        segment_key=found.subject_key if is_live else "",
        parent_key="" if is_live else found.proposed.get("parent") or "",
        request_number=found.pk,
    )
    messages.success(request, f"It runs in the shadow until {made.ends_on:%-d %B %Y}. Nobody gets its members.")
    return redirect("memberships:shadow", made.pk)


@require_POST
def shadow_promote(request: HttpRequest, shadow_id: int) -> HttpResponse:
    """Write a draft that proposes what ran in the shadow, and names the shadow."""
    shadow = shadow_by_id(shadow_id)
    if not shadow.segment_key:
        raise Conflict("It ran for a segment that is not there yet. Propose the segment first.", code="no_segment")
    made = create_request(
        actor=request.user,
        kind="change",
        subject_type="segment",
        subject_key=shadow.segment_key,
        proposed={"rule": shadow.rule},
        rationale=f"It ran in the shadow since {shadow.started_at:%-d %B %Y}; its record stands with the impact.",
        statement={"shadow": {"shadow": shadow.pk}},
    )
    messages.success(request, "A draft. Say what you expect of it, then submit it; the board sees the record.")
    return redirect("reviews:request", made.pk)
