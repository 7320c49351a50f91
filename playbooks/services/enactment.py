"""Brings approved playbooks into force. Only `reviews.subjects` may call this."""

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
from playbooks.choices import VersionState
from playbooks.content import checked
from playbooks.errors import StaleBase
from playbooks.events import PlaybookEnacted, PlaybookRetired
from playbooks.models import ContentReview, Playbook, PlaybookVersion
from taxonomy.selectors import live_content, segment_by_key


@transaction.atomic
def enact_playbook(
    *,
    actor: Actor,
    kind: str,
    segment_key: str,
    content: Mapping[str, Any],
    rationale: str,
    base_version: int | None,
    request_ref: str,
) -> PlaybookVersion:
    """Afterwards the content is the segment's playbook; the one before has ended and open reviews of it are closed. One
    that was retired is in use again; its numbers go on.

    Refuses: Invalid (content, rationale, no live segment), StaleBase when the playbook in force is not `base_version`.
    Announces: PlaybookEnacted.
    """
    segment = segment_by_key(segment_key)
    live_segment = live_content(segment_key)
    if live_segment is None:
        raise Invalid(f"{segment_key} has no version in force, so it can have no playbook.", code="no_live_segment")
    found = checked(content)
    reason = clean_text(rationale, pointer="/rationale", max_length=20_000, lines=True)
    Playbook.objects.get_or_create(segment=segment)
    playbook = Playbook.objects.select_for_update(no_key=True).get(segment=segment)
    live = playbook.versions.filter(state=VersionState.ACTIVE).first()
    if (live.number if live else None) != base_version:
        raise StaleBase(
            f"The playbook of {segment_key} has changed since this was proposed. Look at it and propose again."
        )
    at = now()
    if live is not None:
        PlaybookVersion.objects.filter(pk=live.pk).update(state=VersionState.SUPERSEDED, ended_at=at)
    version = PlaybookVersion.objects.create(
        playbook=playbook,
        number=(playbook.versions.aggregate(newest=Max("number"))["newest"] or 0) + 1,
        state=VersionState.ACTIVE,
        content=found.content,
        digest=digest_of(found.content),
        segment_version_number=live_segment.version_number,
        rationale=reason,
        request_ref=request_ref,
        author_name=actor.get_username(),
        enacted_at=at,
    )
    ContentReview.objects.filter(playbook=playbook, closed_at=None).update(closed_at=at)
    if playbook.retired_at is not None:
        playbook.retired_at = playbook.successor = None
        playbook.save(update_fields=["retired_at", "successor"])
    announce(
        PlaybookEnacted(
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
def retire_playbook(
    *, actor: Actor, segment_key: str, base_version: int | None, successor_key: str | None, request_ref: str
) -> Playbook:
    """Afterwards nobody is led to the playbook any more; it stays readable with its history and names its successor.

    Its last version has ended, reviews of it are closed.

    Refuses: StaleBase when the playbook in force is not `base_version`; Invalid (nothing is in force; a successor that
    is not another segment's playbook in force). Announces: PlaybookRetired.
    """
    playbook = Playbook.objects.select_for_update(no_key=True).filter(segment__key=segment_key).first()
    live = playbook.versions.filter(state=VersionState.ACTIVE).first() if playbook else None
    if playbook is None or live is None:
        raise Invalid(f"{segment_key} has no playbook in force.", code="no_live", pointer="/subject/key")
    if live.number != base_version:
        raise StaleBase(
            f"The playbook of {segment_key} has changed since this was proposed. Look at it and propose again."
        )
    at = now()
    playbook.successor = _successor(playbook, successor_key) if successor_key else None
    playbook.retired_at = at
    playbook.save(update_fields=["retired_at", "successor"])
    PlaybookVersion.objects.filter(pk=live.pk).update(state=VersionState.SUPERSEDED, ended_at=at)
    ContentReview.objects.filter(playbook=playbook, closed_at=None).update(closed_at=at)
    announce(
        PlaybookRetired(
            segment_key=segment_key,
            version_number=live.number,
            successor_key=successor_key or "",
            request_ref=request_ref,
        ),
        actor=actor,
    )
    return playbook


def _successor(playbook: Playbook, segment_key: str) -> Playbook:
    in_force = Playbook.objects.filter(segment__key=segment_key, versions__state=VersionState.ACTIVE)
    found = in_force.exclude(pk=playbook.pk).first()
    if found is None:
        detail = f"“{segment_key}” cannot succeed: it is not another segment with a playbook in force."
        raise Invalid(detail, code="unknown_successor", pointer="/successor")
    return found
