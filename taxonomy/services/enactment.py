"""Brings approved decisions about segments into force. Only `reviews.subjects` may call these services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from common.actors import Actor
from common.clock import now
from common.errors import Invalid
from common.texts import clean_text
from customers.services.attributes import mark_live
from ledger.services import announce
from taxonomy import errors, events
from taxonomy.choices import EnactmentKind, SegmentStatus, VersionState
from taxonomy.models import Enactment, Segment, SegmentVersion
from taxonomy.selectors import checked_content, references_to
from taxonomy.selectors.proposed import standpoint_in_force
from taxonomy.services.drawing import draw_line
from taxonomy.services.structure import hold_structure
from taxonomy.services.versions import version_from
from taxonomy.states import next_state, next_status

_BRINGS_A_VERSION = frozenset(EnactmentKind.values) - {EnactmentKind.RETIRE.value, EnactmentKind.DEPRECATE.value}
_MAPPED = (EnactmentKind.RENAME, EnactmentKind.MOVE)


@transaction.atomic
def enact_version(
    *,
    actor: Actor,
    kind: str,
    segment_key: str,
    content: Mapping[str, Any],
    rationale: str,
    expected_outcome: str,
    base_version: int | None,
    request_ref: str,
) -> SegmentVersion:
    """The content is the segment's version in force; the one before it, if any, has ended at the same instant.

    `base_version` is the number of the version that the decision was made about, None for a new segment. The segment
    stands where the content says, and the attributes that the rule reads are marked as live.

    Refuses: `Invalid` (kind, rationale), `ContentInvalid`, `KeyTaken`, `SegmentUnknown`, `SegmentRetired`, `StaleBase`.
    Announces: `taxonomy.version.enacted`.
    """
    if kind not in _BRINGS_A_VERSION:
        raise Invalid(f"A version cannot be enacted by “{kind}”.", code="unknown_kind", pointer="/kind")
    hold_structure()
    is_new = base_version is None and kind in (EnactmentKind.CREATE, EnactmentKind.SPLIT, EnactmentKind.MERGE)
    checked_as = EnactmentKind.CREATE if is_new else EnactmentKind(kind)
    segment = None if is_new else _held(segment_key)
    live = _live_at(segment, segment_key, base_version)
    # Checked again once the attributes are live: until then their definitions could still be changed without review.
    mark_live(actor=actor, keys=checked_content(content, key=segment_key, kind=checked_as).attributes)
    checked = checked_content(content, key=segment_key, kind=checked_as)
    at = now()
    segment = segment or _born(segment_key, at)
    if live is not None:
        _end(live, "supersede", at)
    number = live.number + 1 if live else 1
    reasons = _reasons(rationale, expected_outcome)
    version = version_from(checked, segment, number=number, actor=actor, at=at, reasons=reasons)
    _place(segment, version, "revert" if kind == EnactmentKind.REVERT else "enact")
    if live is not None and kind in _MAPPED:
        draw_line(kind, request_ref, at, old=live, new=version, is_whole=True)
    _record(kind, version, live, actor=actor, request_ref=request_ref, at=at)
    announce(_enacted(version, live, request_ref), actor=actor)
    return version


@transaction.atomic
def retire_segment(
    *,
    actor: Actor,
    segment_key: str,
    base_version: int | None,
    successor_key: str | None,
    rationale: str,
    request_ref: str,
    is_mapped: bool = False,
) -> Segment:
    """The segment is out of use for good, its last version has ended, and readers are sent to the successor, if any.

    `is_mapped` says that an operation on several segments writes the lines of the crosswalk itself.

    Refuses: `Invalid` (rationale, successor), `SegmentUnknown`, `SegmentRetired`, `StaleBase`, `SegmentInUse` while
    segments stand below it or rules refer to it.
    Announces: `taxonomy.segment.retired`.
    """
    hold_structure()
    segment = _held(segment_key)
    live = _live_at(segment, segment_key, base_version)
    if live is None:
        raise errors.SegmentRetired(f"{segment_key} has no version in force.")
    _refuse_while_in_use(segment)
    reason = clean_text(rationale, pointer="/rationale", max_length=20_000, lines=True)
    at = now()
    successor = _successor(segment, successor_key)
    if not is_mapped:
        draw_line(
            EnactmentKind.RETIRE, request_ref, at, old=live, new=_newest(successor), is_whole=_goes_on(live, successor)
        )
    _put_away(segment, successor, at)
    _end(live, "retire", at)
    _record(EnactmentKind.RETIRE, live, live, actor=actor, request_ref=request_ref, at=at, reason=reason)
    announce(
        events.SegmentRetired(
            segment_key=segment.key,
            segment_id=segment.pk,
            version_id=live.pk,
            version_number=live.number,
            successor_key=successor_key or "",
            request_ref=request_ref,
        ),
        actor=actor,
    )
    return segment


@transaction.atomic
def deprecate_segment(
    *,
    actor: Actor,
    segment_key: str,
    base_version: int | None,
    successor_key: str | None,
    rationale: str,
    request_ref: str,
) -> Segment:
    """The segment goes on being computed, but nothing new may rest on it; readers are shown the successor.

    Refuses: `Invalid` (rationale, successor), `SegmentUnknown`, `SegmentRetired`, `StaleBase`, `IllegalMove`
    (deprecated already).
    Announces: `taxonomy.segment.deprecated`.
    """
    hold_structure()
    segment = _held(segment_key)
    live = _live_at(segment, segment_key, base_version)
    if live is None:
        raise errors.SegmentRetired(f"{segment_key} has no version in force.")
    segment.successor = _successor(segment, successor_key)
    if segment.successor is None:
        raise Invalid("Name the segment to use instead.", code="required", pointer="/successor")
    segment.status = next_status(segment.status, "deprecate")
    segment.save(update_fields=["status", "successor"])
    reason = clean_text(rationale, pointer="/rationale", max_length=20_000, lines=True)
    _record(EnactmentKind.DEPRECATE, live, live, actor=actor, request_ref=request_ref, at=now(), reason=reason)
    announce(
        events.SegmentDeprecated(
            segment_key=segment.key,
            segment_id=segment.pk,
            version_number=live.number,
            successor_key=segment.successor.key,
            request_ref=request_ref,
        ),
        actor=actor,
    )
    return segment


def _held(key: str) -> Segment:
    """The segment in use, its row locked until the commit."""
    # Not FOR UPDATE: rows that point at the segment (a child's parent) must not wait for it.
    segment = Segment.objects.select_for_update(no_key=True).filter(key=key).first()
    if segment is None:
        raise errors.SegmentUnknown(f"There is no segment with the key {key}.")
    if segment.status == SegmentStatus.RETIRED:
        raise errors.SegmentRetired(f"{key} was retired; it can no longer be changed.")
    return segment


def _born(key: str, at: datetime) -> Segment:
    try:
        with transaction.atomic():
            return Segment.objects.create(key=key, created_at=at)
    except IntegrityError as taken:
        raise errors.KeyTaken(f"There is a segment with the key {key} already; choose another key.") from taken


def _live_at(segment: Segment | None, key: str, base_version: int | None) -> SegmentVersion | None:
    """The version in force, which must be the one that the decision was made about."""
    live = SegmentVersion.objects.filter(segment=segment, state=VersionState.ACTIVE).first() if segment else None
    number = live.number if live else None
    if number != base_version:
        stands = f"is at version {number}" if number else "has no version yet"
        about = f"version {base_version}" if base_version else "a new segment"
        raise errors.StaleBase(
            f"The decision is about {about}, but {key} {stands}. Look at what changed and propose again.",
            extra={"live_version": number, "base_version": base_version},
        )
    return live


def _place(segment: Segment, version: SegmentVersion, move: str) -> None:
    segment.parent = version.parent
    segment.status = next_status(segment.status, "try_out" if version.pilot else move)
    if segment.status == SegmentStatus.ACTIVE:
        segment.successor = None
    segment.save(update_fields=["parent", "status", "successor"])


def _newest(segment: Segment | None) -> SegmentVersion | None:
    return SegmentVersion.objects.filter(segment=segment, state=VersionState.ACTIVE).first() if segment else None


def _goes_on(live: SegmentVersion, successor: Segment | None) -> bool:
    """Whether it is proved that every possible member of the version is one of the successor."""
    if successor is None:
        return False
    stand = standpoint_in_force()
    known = {live.segment.key, successor.key} <= stand.ground.active.keys()
    return known and stand.implies(live.segment.key, successor.key).is_proved


def _put_away(segment: Segment, successor: Segment | None, at: datetime) -> None:
    segment.successor = successor
    segment.status = next_status(segment.status, "retire")
    segment.retired_at = at
    segment.save(update_fields=["successor", "status", "retired_at"])


def _enacted(version: SegmentVersion, previous: SegmentVersion | None, request_ref: str) -> events.VersionEnacted:
    return events.VersionEnacted(
        segment_key=version.segment.key,
        segment_id=version.segment_id,
        version_id=version.pk,
        version_number=version.number,
        previous_version_id=previous.pk if previous else None,
        request_ref=request_ref,
    )


def _end(version: SegmentVersion, move: str, at: datetime) -> None:
    version.state = next_state(version.state, move)
    version.ended_at = at
    version.save(update_fields=["state", "ended_at"])


def _reasons(rationale: str, expected_outcome: str) -> dict[str, str]:
    return {
        "rationale": clean_text(rationale, pointer="/rationale", max_length=20_000, lines=True),
        "expected_outcome": clean_text(
            expected_outcome, pointer="/expected", max_length=20_000, required=False, lines=True
        ),
    }


def _record(
    kind: str,
    version: SegmentVersion,
    previous: SegmentVersion | None,
    *,
    actor: Actor,
    request_ref: str,
    at: datetime,
    reason: str = "",
) -> None:
    Enactment.objects.create(
        kind=kind, version=version, previous=previous, actor_id=actor.pk, request_ref=request_ref, reason=reason, at=at
    )


def _refuse_while_in_use(segment: Segment) -> None:
    children = sorted(
        Segment.objects.filter(parent=segment).exclude(status=SegmentStatus.RETIRED).values_list("key", flat=True)
    )
    referring = sorted(version.segment.key for version in references_to(segment.key))
    reasons = [
        *([f"these stand below it: {', '.join(children)}"] if children else []),
        *([f"these rules refer to it: {', '.join(referring)}"] if referring else []),
    ]
    if reasons:
        raise errors.SegmentInUse(
            f"{segment.key} is in use; {'; '.join(reasons)}. Move, change or retire those first.",
            extra={"children": children, "references": referring},
        )


def _successor(segment: Segment, key: str | None) -> Segment | None:
    if not key:
        return None
    successor = Segment.objects.filter(key=key, status=SegmentStatus.ACTIVE).exclude(pk=segment.pk).first()
    if successor is None:
        raise Invalid(
            f"The successor {key} must be another segment in use.", code="unknown_successor", pointer="/successor"
        )
    return successor
