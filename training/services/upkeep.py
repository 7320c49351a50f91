"""Keeps briefs true to the rule: opens a review when the rule changed, closes it when somebody vouches."""

from typing import Any

from django.db import transaction

from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict
from ledger.services import announce
from training.choices import VersionState
from training.errors import NoBrief
from training.events import ReviewOpened, StillCorrect
from training.models import Brief, BriefReview, BriefVersion
from training.policies import BriefPolicy


@transaction.atomic
def open_review(*, segment_key: str, segment_version_number: int) -> BriefReview | None:
    """Afterwards a review stands open when the brief in force was written for an earlier version of the rule.

    Repeating it changes nothing. Announces: ReviewOpened once.
    """
    # Held first: a brief that is being rewritten at this instant needs no review of the wording before it.
    Brief.objects.select_for_update(no_key=True, of=("self",)).filter(segment__key=segment_key).first()
    live = (
        BriefVersion.objects.select_related("brief")
        .filter(brief__segment__key=segment_key, state=VersionState.ACTIVE)
        .first()
    )
    if live is None or live.segment_version_number >= segment_version_number:
        return None
    review, is_new = BriefReview.objects.get_or_create(brief=live.brief, segment_version_number=segment_version_number)
    if is_new:
        announce(
            ReviewOpened(
                segment_key=segment_key,
                written_for=live.segment_version_number,
                segment_version_number=segment_version_number,
            ),
            actor=SYSTEM,
        )
    return review


@transaction.atomic
def confirm_fit(*, actor: Any, segment_key: str) -> BriefReview:
    """Afterwards the open reviews of the brief are closed in the actor's name.

    Refuses: NoBrief, NotAllowed, Conflict when nothing is open. Announces: StillCorrect.
    """
    brief = (
        Brief.objects.select_for_update(of=("self",), no_key=True)
        .select_related("segment")
        .filter(segment__key=segment_key)
        .first()
    )
    if brief is None:
        raise NoBrief(f"{segment_key} has no brief yet.")
    BriefPolicy().require(actor, "confirm_fit", brief)
    reviews = list(BriefReview.objects.filter(brief=brief, closed_at=None).order_by("segment_version_number"))
    if not reviews:
        raise Conflict("Nothing is open: somebody has confirmed or rewritten it already.")
    BriefReview.objects.filter(pk__in=[review.pk for review in reviews]).update(closed_at=now(), closed_by=actor)
    number = reviews[-1].segment_version_number
    announce(StillCorrect(segment_key=segment_key, segment_version_number=number), actor=actor)
    return reviews[-1]
