"""The part of the request page about who looks at it and how due it is."""

from typing import Any

from common.clock import now
from reviews.choices import State
from reviews.measures import due_in_words
from reviews.selectors import Detail
from reviews.selectors.attention import claims_on


def attention_part(viewer: Any, detail: Detail) -> dict[str, Any]:
    """Due date in words, claims, and whether the viewer may say that they are looking."""
    request = detail.request
    if request.state != State.IN_REVIEW:
        return {"attention": {}}
    claims = claims_on([request.pk]).get(request.pk, [])
    return {
        "attention": {
            "due": due_in_words(request.due_at, now()),
            "claims": claims,
            "mine": any(claim.person_id == viewer.pk for claim in claims),
            "may_claim": detail.eligibility.may_vote,
        }
    }
