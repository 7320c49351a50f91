"""Turns what somebody wanted to write directly into a request, where a board decides about it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse

from common.texts import clean_text
from reviews.choices import OPEN, Kind, State
from reviews.models import ChangeRequest
from reviews.services.requests import create_request
from reviews.services.submitting import submit_request
from reviews.subjects import subject_for

SAID_NOTHING = "Written where it used to be changed directly; no reason was given."


@transaction.atomic
def propose(
    *, actor: Any, subject_type: str, key: str, content: Mapping[str, Any], rationale: str = ""
) -> dict[str, Any]:
    """Afterwards a request before the board asks for the content; the same wish sent twice stays one request.

    Refuses: what `create_request` and `submit_request` refuse.
    Announces: RequestCreated, RequestSubmitted; nothing when the request stands already.
    """
    subject = subject_for(subject_type)
    live = subject.live(key)
    kind = Kind.CHANGE if live else Kind.CREATE
    full = subject.full_content(kind, key, dict(content), live)
    found = subject.check(viewer=actor, kind=kind, key=key, content=full)
    standing = ChangeRequest.objects.filter(
        author_id=actor.pk, subject_type=subject_type, subject_key=key, kind=kind, state__in=OPEN
    ).exclude(state=State.STALE)
    request = next((each for each in standing if each.proposed == found.content), None)
    if request is None:
        why = clean_text(rationale, pointer="/rationale", max_length=10_000, required=False, lines=True)
        request = create_request(
            actor=actor,
            kind=kind,
            subject_type=subject_type,
            subject_key=key,
            proposed=dict(content),
            rationale=why or SAID_NOTHING,
        )
        request = submit_request(actor=actor, request_id=request.pk)
    return {
        "id": request.pk,
        "state": str(request.state),
        "board": request.board.key,
        "url": reverse("reviews:request", args=[request.pk]),
    }
