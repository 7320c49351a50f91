"""From a request into the shadow lane, and from the shadow lane into a request."""

from typing import Any

from common.errors import Conflict
from memberships.selectors.shadows import shadow_by_id
from memberships.services.shadows import start_shadow
from reviews.choices import SubjectType
from reviews.models import ChangeRequest
from reviews.selectors import request_for
from reviews.services.requests import create_request, edit_request
from taxonomy.selectors import live_content


def run_in_shadow(*, actor: Any, request_id: int) -> Any:
    """Afterwards the rule that the request proposes is counted every day beside the one in force, by the shadow given.

    Refuses: RequestUnknown; Conflict (it proposes no rule); all that `start_shadow` refuses.
    Announces: memberships.shadow.started.
    """
    found = request_for(viewer=actor, request_id=request_id)
    rule = found.proposed.get("rule") if found.subject_type == SubjectType.SEGMENT else None
    if not rule:
        raise Conflict("This request proposes no rule, so nothing can run beside the one in force.", code="no_rule")
    is_live = live_content(found.subject_key) is not None
    return start_shadow(
        actor=actor,
        rule=rule,
        name=found.title[:120],
        segment_key=found.subject_key if is_live else "",
        parent_key="" if is_live else found.proposed.get("parent") or "",
        request_number=found.pk,
    )


def promote_shadow(*, actor: Any, shadow_id: int) -> ChangeRequest:
    """Afterwards a draft proposes what ran in the shadow, and names the shadow, whose record its impact will carry.

    Refuses: ShadowNotFound; Conflict (it ran for a segment that is not there yet); all that `create_request` refuses.
    Announces: reviews.request.created.
    """
    shadow = shadow_by_id(shadow_id)
    if not shadow.segment_key:
        raise Conflict("It ran for a segment that is not there yet. Propose the segment first.", code="no_segment")
    return create_request(
        actor=actor,
        kind="change",
        subject_type="segment",
        subject_key=shadow.segment_key,
        proposed={"rule": shadow.rule},
        rationale=f"It ran in the shadow since {shadow.started_at:%-d %B %Y}; its record stands with the impact.",
        statement={"shadow": {"shadow": shadow.pk}},
    )


def attach_shadow(*, actor: Any, request_id: int, shadow_id: int, lock_version: int | None = None) -> ChangeRequest:
    """Afterwards the request's statement names the shadow; votes on the old wording are void.

    Refuses: ShadowNotFound; all that `edit_request` refuses. Announces: as `edit_request`.
    """
    shadow = shadow_by_id(shadow_id)
    changes = {"statement": {"shadow": {"shadow": shadow.pk}}}
    return edit_request(actor=actor, request_id=request_id, changes=changes, lock_version=lock_version)
