"""Talk on the requests of the demonstration company: a remark on one clause, and another wording that waits."""

from django.db import transaction

from accounts.selectors import user_by_username
from common.errors import DomainError
from reviews.selectors import requests_for
from reviews.selectors.clauses import ALL
from reviews.services.comments import add_comment
from reviews.services.suggesting import suggest_wording

MEMBER = "ingrid"
REMARK = "This is the line that decides who calls whom. Did support look at it too?"
ENDING = " Looked at again each quarter."
NOTE = "Readers should know how long this holds."


def load_requests() -> int:
    """Afterwards the newest waiting change of a rule has a remark on it and an open suggestion; how many were added."""
    member = user_by_username(MEMBER)
    if requests_for(viewer=member).filter(suggestions__author=member).exists():
        return 0
    rows = requests_for(viewer=member).filter(subject_type="segment", kind="change", state="in_review")
    request = rows.exclude(author=member).first()
    if request is None or request.suggestions.exists() or "meaning" not in request.proposed:
        return 0
    meaning = f"{request.proposed['meaning']}{ENDING}"
    try:
        with transaction.atomic():
            add_comment(actor=member, request_id=request.pk, body=REMARK, clause=ALL)
            suggest_wording(actor=member, request_id=request.pk, field="meaning", proposed=meaning, note=NOTE)
    except DomainError:
        # Somebody took the story another way, as people who try the portal out do: then nothing is added.
        return 0
    return 2
