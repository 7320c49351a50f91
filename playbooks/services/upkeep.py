"""Keeps playbooks true to the rule: opens a review when the rule changed, closes it when somebody vouches."""

from typing import Any

from django.db import transaction

from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict
from ledger.services import announce
from playbooks.choices import VersionState
from playbooks.errors import NoPlaybook
from playbooks.events import ReviewOpened, StillCorrect
from playbooks.models import ContentReview, Playbook, PlaybookVersion
from playbooks.policies import PlaybookPolicy


@transaction.atomic
def open_review(*, segment_key: str, segment_version_number: int) -> ContentReview | None:
    """Afterwards a review stands open when the playbook in force was written for an earlier version of the rule.

    Repeating it changes nothing. Announces: ReviewOpened once.
    """
    # Held first: a playbook that is being rewritten at this instant needs no review of the wording before it.
    Playbook.objects.select_for_update(no_key=True, of=("self",)).filter(segment__key=segment_key).first()
    live = (
        PlaybookVersion.objects.select_related("playbook")
        .filter(playbook__segment__key=segment_key, state=VersionState.ACTIVE)
        .first()
    )
    if live is None or live.segment_version_number >= segment_version_number:
        return None
    review, is_new = ContentReview.objects.get_or_create(
        playbook=live.playbook, segment_version_number=segment_version_number
    )
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
def confirm_fit(*, actor: Any, segment_key: str) -> ContentReview:
    """Afterwards the open reviews of the playbook are closed in the actor's name.

    Refuses: NoPlaybook, NotAllowed, Conflict when nothing is open. Announces: StillCorrect.
    """
    playbook = (
        Playbook.objects.select_for_update(of=("self",), no_key=True)
        .select_related("segment")
        .filter(segment__key=segment_key)
        .first()
    )
    if playbook is None:
        raise NoPlaybook(f"{segment_key} has no playbook yet.")
    PlaybookPolicy().require(actor, "confirm_fit", playbook)
    reviews = list(ContentReview.objects.filter(playbook=playbook, closed_at=None).order_by("segment_version_number"))
    if not reviews:
        raise Conflict("Nothing is open: somebody has confirmed or rewritten it already.")
    ContentReview.objects.filter(pk__in=[review.pk for review in reviews]).update(closed_at=now(), closed_by=actor)
    number = reviews[-1].segment_version_number
    announce(StillCorrect(segment_key=segment_key, segment_version_number=number), actor=actor)
    return reviews[-1]
