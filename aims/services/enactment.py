"""Brings approved decisions about journeys into force. Only `reviews.subjects` may call these services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from aims import errors, events
from aims.choices import JourneyStatus, VersionState
from aims.models import Journey, JourneyVersion
from aims.selectors.journeys import checked_content
from common.actors import Actor
from common.clock import now
from common.digests import digest_of
from common.errors import Invalid
from common.keys import check_key
from common.texts import clean_text
from ledger.services import announce


@transaction.atomic
def enact_journey(
    *,
    actor: Actor,
    kind: str,
    key: str,
    content: Mapping[str, Any],
    rationale: str,
    base_version: int | None,
    request_ref: str,
) -> JourneyVersion:
    """The content is the journey's version in force; the one before it, if any, ended at the same instant.

    Refuses: `Invalid` (key, rationale), `JourneyInvalid`, `JourneyUnknown`, `JourneyRetired`, `KeyTaken`, `StaleBase`.
    Announces: `aims.journey.enacted`.
    """
    journey = None if kind == "create" else _held(key)
    live = _live_at(journey, key, base_version)
    written = checked_content(content)
    reason = clean_text(rationale, pointer="/rationale", max_length=20_000, lines=True)
    at = now()
    journey = journey or _born(key, at)
    if live is not None:
        _end(live, VersionState.SUPERSEDED, at)
    version = JourneyVersion.objects.create(
        journey=journey,
        number=live.number + 1 if live else 1,
        name=written["name"],
        content=written,
        rationale=reason,
        request_ref=request_ref,
        digest=digest_of(written),
        created_by_id=actor.pk,
        enacted_at=at,
    )
    fact = events.JourneyEnacted(journey_key=key, version_number=version.number, request_ref=request_ref)
    announce(fact, actor=actor)
    return version


@transaction.atomic
def retire_journey(
    *, actor: Actor, key: str, base_version: int | None, successor_key: str | None, request_ref: str
) -> Journey:
    """The journey is out of use for good, its last version has ended; readers are sent to its successor, if any.

    Refuses: `JourneyUnknown`, `JourneyRetired`, `StaleBase`, `Invalid` (successor).
    Announces: `aims.journey.retired`.
    """
    journey = _held(key)
    live = _live_at(journey, key, base_version)
    if live is None:
        raise errors.JourneyRetired(f"{key} has no version in force.")
    at = now()
    _end(live, VersionState.RETIRED, at)
    journey.successor = _successor(journey, successor_key)
    journey.status, journey.retired_at = JourneyStatus.RETIRED, at
    journey.save(update_fields=["successor", "status", "retired_at"])
    fact = events.JourneyRetired(
        journey_key=key, version_number=live.number, successor_key=successor_key or "", request_ref=request_ref
    )
    announce(fact, actor=actor)
    return journey


def _held(key: str) -> Journey:
    """The journey in use, its row locked until the commit."""
    journey = Journey.objects.select_for_update(no_key=True).filter(key=key).first()
    if journey is None:
        raise errors.JourneyUnknown(f"There is no journey with the key {key}.")
    if journey.status == JourneyStatus.RETIRED:
        raise errors.JourneyRetired(f"{key} was retired; it can no longer be changed.")
    return journey


def _born(key: str, at: datetime) -> Journey:
    check_key(key)
    try:
        with transaction.atomic():
            return Journey.objects.create(key=key, created_at=at)
    except IntegrityError as taken:
        raise errors.KeyTaken(f"There is a journey with the key {key} already; choose another key.") from taken


def _live_at(journey: Journey | None, key: str, base_version: int | None) -> JourneyVersion | None:
    """The version in force, which must be the one that the decision was made about."""
    live = journey.versions.filter(state=VersionState.ACTIVE).first() if journey else None
    number = live.number if live else None
    if number != base_version:
        stands = f"is at version {number}" if number else "has no version yet"
        about = f"version {base_version}" if base_version else "a new journey"
        raise errors.StaleBase(
            f"The decision is about {about}, but {key} {stands}. Look at what changed and propose again.",
            extra={"live_version": number, "base_version": base_version},
        )
    return live


def _end(version: JourneyVersion, state: str, at: datetime) -> None:
    version.state, version.ended_at = state, at
    version.save(update_fields=["state", "ended_at"])


def _successor(journey: Journey, key: str | None) -> Journey | None:
    if not key:
        return None
    found = Journey.objects.filter(key=key, status=JourneyStatus.ACTIVE).exclude(pk=journey.pk).first()
    if found is None:
        raise Invalid(
            f"The successor {key} must be another journey in use.", code="unknown_successor", pointer="/successor"
        )
    return found
