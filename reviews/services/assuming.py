"""Watches what changes in force rest on, opens a review when it no longer holds, and takes the answer."""

from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.selectors import people
from common import correlation
from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, NotFound
from common.texts import clean_text
from ledger.services import announce
from notifications.services import notify
from reviews.choices import AssumptionReview, State, SubjectType
from reviews.events import AssumptionLeft, AssumptionReviewed
from reviews.models import Assumption, ChangeRequest
from reviews.policies import Place, RequestPolicy
from reviews.selectors.assuming import is_outside, measured
from reviews.services.revising import about
from taxonomy.selectors import live_content

ABOUT_A_SEGMENT = (SubjectType.SEGMENT, SubjectType.PLAYBOOK, SubjectType.BRIEF)


def take_up_assumptions() -> int:
    """Afterwards every change in force that states measurable assumptions has them watched, and no other change has.

    Refuses and announces nothing; returns how many were taken up.
    """
    rows = ChangeRequest.objects.filter(
        state=State.APPLIED, statement__has_key="assumptions", assumption_rows__isnull=True
    ).order_by("pk")
    return sum(_take_up(request) for request in rows)


@transaction.atomic
def _take_up(request: ChangeRequest) -> int:
    stated = list(enumerate(request.statement.get("assumptions", [])))
    key = request.subject_key if request.subject_type in ABOUT_A_SEGMENT else ""
    made = [
        Assumption(
            request=request,
            place=place,
            segment_key=key,
            created_at=now(),
            **{name: each[name] for name in ("text", "attribute", "metric", "low", "high", "clause") if name in each},
        )
        for place, each in stated
    ]
    # A later change that states its own takes the place of what earlier ones rested on.
    Assumption.objects.filter(
        request__subject_type=request.subject_type,
        request__subject_key=request.subject_key,
        request_id__lt=request.pk,
        ended_at__isnull=True,
    ).update(ended_at=now())
    return len(Assumption.objects.bulk_create(made, ignore_conflicts=True))


def measure_assumptions() -> int:
    """Afterwards each watched assumption has today's value, or the reason why none; those outside their band are under
    review, and the owners of their segment know it.

    Refuses: nothing. Announces: AssumptionLeft for each that left its band; returns how many did.
    """
    take_up_assumptions()
    rows = (
        Assumption.objects.filter(ended_at__isnull=True).exclude(attribute="", metric="").values_list("pk", flat=True)
    )
    return sum(_measure(number) for number in rows)


@transaction.atomic
def _measure(number: int) -> bool:
    rows = Assumption.objects.select_for_update(of=("self",)).select_related("request")
    row = rows.filter(pk=number, ended_at__isnull=True).first()
    if row is None:
        return False
    if row.segment_key and live_content(row.segment_key) is None:
        row.ended_at = now()
        row.save(update_fields=["ended_at"])
        return False
    found = measured(row)
    row.value, row.not_measured, row.measured_at = found.value, found.reason, now()
    has_left = found.value is not None and is_outside(row, found.value)
    opens = has_left and row.left_at is None
    if opens:
        row.left_at, row.review = now(), AssumptionReview.OPEN
    elif found.value is not None and not has_left and row.review != AssumptionReview.OPEN:
        # Back in its band and looked at: the next time it leaves, somebody looks again.
        row.left_at, row.review = None, AssumptionReview.NONE
    row.save()
    if opens:
        _tell(row)
    return opens


def _tell(row: Assumption) -> None:
    """Enter it in the story of the request, and tell the owners of the segment and the author."""
    value = row.value or 0.0
    with correlation.bind(row.request.correlation_id):
        fact = AssumptionLeft(**about(row.request), assumption_id=row.pk, text=row.text, value=value)
        announce(fact, actor=SYSTEM)
    live = live_content(row.segment_key) if row.segment_key else None
    names = set((live.content.get("owners") or {}).values()) if live else set()
    owners = set(people().filter(username__in=names, is_active=True).values_list("pk", flat=True))
    notify(
        to=owners | {row.request.author_id},
        kind="review_due",
        title=f"No longer holds: {row.text}"[:200],
        url=reverse("reviews:request", args=[row.request_id]),
        body=f"Request #{row.request_id} rests on it. It is {value:,g} now. Look whether the change should stand.",
        about=f"request:{row.request_id}",
        key=f"assumption-{row.pk}-{row.left_at:%Y%m%d%H%M%S}",
    )


@transaction.atomic
def review_assumption(*, actor: Any, assumption_id: int, note: str) -> Assumption:
    """Afterwards the review is closed with what somebody found; the change stands as it is. To change it, propose it.

    Refuses: NotFound, NotAllowed (who could not propose a change there), Conflict (nothing is open), Invalid.
    Announces: AssumptionReviewed.
    """
    words = clean_text(note, pointer="/note", max_length=5000, lines=True)
    row = (
        Assumption.objects.select_for_update(of=("self",))
        .filter(pk=assumption_id, request__in=RequestPolicy().visible(actor))
        .select_related("request")
        .first()
    )
    if row is None:
        raise NotFound(f"There is no assumption {assumption_id}.")
    RequestPolicy().require(actor, "propose", Place(row.request.path, row.request.subject_type))
    if row.review != AssumptionReview.OPEN:
        raise Conflict("No review of this assumption is open.", code="closed")
    row.review, row.reviewed_by, row.reviewed_at, row.review_note = AssumptionReview.CLOSED, actor, now(), words
    row.save()
    with correlation.bind(row.request.correlation_id):
        fact = AssumptionReviewed(**about(row.request), assumption_id=row.pk, text=row.text, note=words[:300])
        announce(fact, actor=actor)
    return row
