"""Brings approved briefs into force. Only `reviews.subjects` may call this."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from common.actors import Actor
from common.clock import now
from common.digests import digest_of
from common.errors import Invalid
from common.texts import clean_text
from ledger.services import announce
from taxonomy.selectors import live_content, segment_by_key
from training.choices import VersionState
from training.errors import StaleBase
from training.events import BriefEnacted, BriefRetired
from training.models import Brief, BriefReview, BriefVersion
from training.selectors import checked_content


@transaction.atomic
def enact_brief(
    *,
    actor: Actor,
    kind: str,
    segment_key: str,
    content: Mapping[str, Any],
    rationale: str,
    base_version: int | None,
    request_ref: str,
) -> BriefVersion:
    """Afterwards the content is the segment's brief; the one before has ended, reviews of it are closed. One that
    was retired is in use again; its numbers go on.

    What people completed stays as it was. Refuses: Invalid (content, rationale, no live segment), StaleBase when the
    brief in force is not `base_version`. Announces: BriefEnacted.
    """
    segment = segment_by_key(segment_key)
    live_segment = live_content(segment_key)
    if live_segment is None:
        raise Invalid(f"{segment_key} has no version in force, so it can have no brief.", code="no_live_segment")
    found = checked_content(content, segment_key=segment_key, kind=kind)
    reason = clean_text(rationale, pointer="/rationale", max_length=20_000, lines=True)
    Brief.objects.get_or_create(segment=segment)
    brief = Brief.objects.select_for_update(no_key=True).get(segment=segment)
    live = brief.versions.filter(state=VersionState.ACTIVE).first()
    if (live.number if live else None) != base_version:
        raise StaleBase(
            f"The brief of {segment_key} has changed since this was proposed. Look at it and propose again."
        )
    at = now()
    if live is not None:
        BriefVersion.objects.filter(pk=live.pk).update(state=VersionState.SUPERSEDED, ended_at=at)
    version = BriefVersion.objects.create(
        brief=brief,
        number=(brief.versions.aggregate(newest=Max("number"))["newest"] or 0) + 1,
        state=VersionState.ACTIVE,
        content=found.content,
        digest=digest_of(found.content),
        segment_version_number=live_segment.version_number,
        rationale=reason,
        request_ref=request_ref,
        author_name=actor.get_username(),
        enacted_at=at,
    )
    BriefReview.objects.filter(brief=brief, closed_at=None).update(closed_at=at)
    if brief.retired_at is not None:
        brief.retired_at = brief.successor = None
        brief.save(update_fields=["retired_at", "successor"])
    announce(
        BriefEnacted(
            segment_key=segment_key,
            version_id=version.pk,
            version_number=version.number,
            segment_version_number=version.segment_version_number,
            request_ref=request_ref,
        ),
        actor=actor,
    )
    return version


@transaction.atomic
def retire_brief(
    *, actor: Actor, segment_key: str, base_version: int | None, successor_key: str | None, request_ref: str
) -> Brief:
    """Afterwards nobody is led to the brief any more; it stays readable with its history and names its successor.

    Its last version has ended, reviews of it are closed.

    Refuses: StaleBase when the brief in force is not `base_version`; Invalid (nothing is in force; a successor that
    is not another segment's brief in force). Announces: BriefRetired.
    """
    brief = Brief.objects.select_for_update(no_key=True).filter(segment__key=segment_key).first()
    live = brief.versions.filter(state=VersionState.ACTIVE).first() if brief else None
    if brief is None or live is None:
        raise Invalid(f"{segment_key} has no brief in force.", code="no_live", pointer="/subject/key")
    if live.number != base_version:
        raise StaleBase(
            f"The brief of {segment_key} has changed since this was proposed. Look at it and propose again."
        )
    at = now()
    brief.successor = _successor(brief, successor_key) if successor_key else None
    brief.retired_at = at
    brief.save(update_fields=["retired_at", "successor"])
    BriefVersion.objects.filter(pk=live.pk).update(state=VersionState.SUPERSEDED, ended_at=at)
    BriefReview.objects.filter(brief=brief, closed_at=None).update(closed_at=at)
    announce(
        BriefRetired(
            segment_key=segment_key,
            version_number=live.number,
            successor_key=successor_key or "",
            request_ref=request_ref,
        ),
        actor=actor,
    )
    return brief


def _successor(brief: Brief, segment_key: str) -> Brief:
    in_force = Brief.objects.filter(segment__key=segment_key, versions__state=VersionState.ACTIVE)
    found = in_force.exclude(pk=brief.pk).first()
    if found is None:
        detail = f"“{segment_key}” cannot succeed: it is not another segment with a brief in force."
        raise Invalid(detail, code="unknown_successor", pointer="/successor")
    return found
