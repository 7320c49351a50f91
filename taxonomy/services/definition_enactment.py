"""Brings approved decisions about governed words into force. Only `reviews.subjects` may call these services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from common.actors import Actor
from common.clock import now
from common.digests import digest_of
from common.errors import Invalid
from common.events import Event
from common.texts import clean_text
from ledger.services import announce
from taxonomy import errors, events
from taxonomy.choices import DefinitionType, SegmentStatus, VersionState
from taxonomy.models import Definition, DefinitionVersion
from taxonomy.selectors.definition_checks import checked_definition
from taxonomy.selectors.word_uses import BEFORE_RETIRING, what_stands_on
from taxonomy.services.structure import hold_words
from taxonomy.states import next_definition_status, next_state

_ENACTED: dict[str, Any] = {
    DefinitionType.TERM: events.TermEnacted,
    DefinitionType.METRIC: events.MetricEnacted,
    DefinitionType.GUIDELINE: events.GuidelineEnacted,
}
_PUT_AWAY: dict[str, Any] = {
    DefinitionType.TERM: events.TermPutAway,
    DefinitionType.METRIC: events.MetricPutAway,
    DefinitionType.GUIDELINE: events.GuidelinePutAway,
}


@transaction.atomic
def enact_definition(
    *,
    actor: Actor,
    kind: str,
    definition_type: str,
    key: str,
    content: Mapping[str, Any],
    rationale: str,
    base_version: int | None,
    request_ref: str,
) -> DefinitionVersion:
    """The content is what the word means from now on; the version before it, if any, ended at the same instant.

    `base_version` is the number of the version that the decision was made about, None for a new word. A deprecated
    word that gets a new version counts in full again.

    Refuses: `Invalid` (rationale), `DefinitionInvalid` (also a spelling that is another word's), `KeyTaken`,
    `DefinitionUnknown`, `DefinitionRetired`, `StaleBase`.
    Announces: `taxonomy.term.enacted`, `taxonomy.metric.enacted` or `taxonomy.guideline.enacted`.
    """
    hold_words()
    definition = None if kind == "create" else _held(definition_type, key)
    live = _live_at(definition, key, base_version)
    checked = checked_definition(content, kind=definition_type, key=key, deed=kind)
    reason = clean_text(rationale, pointer="/rationale", max_length=20_000, lines=True)
    at = now()
    definition = _counting(definition) if definition else _born(definition_type, key, at)
    if live is not None:
        _end(live, "supersede", at)
    version = DefinitionVersion.objects.create(
        definition=definition,
        number=live.number + 1 if live else 1,
        name=checked.content["name"],
        content=checked.content,
        rationale=reason,
        request_ref=request_ref,
        digest=digest_of(checked.content),
        created_by_id=actor.pk,
        enacted_at=at,
    )
    fact: Event = _ENACTED[definition_type](definition_key=key, version_number=version.number, request_ref=request_ref)
    announce(fact, actor=actor)
    return version


@transaction.atomic
def put_away_definition(
    *,
    actor: Actor,
    definition_type: str,
    key: str,
    base_version: int | None,
    successor_key: str | None,
    is_final: bool,
    request_ref: str,
) -> Definition:
    """The word is deprecated (old texts may keep it, new ones are told of its successor) or, `is_final`, retired.

    A retired word ends its last version; its spellings are free again, its key never is.

    Refuses: `DefinitionUnknown`, `DefinitionRetired`, `StaleBase`, `IllegalMove` (deprecated already), `Invalid`
    (successor), `DefinitionInUse` while fields or equivalences stand on a word that is to be retired.
    Announces: `taxonomy.term.put_away`, `taxonomy.metric.put_away` or `taxonomy.guideline.put_away`.
    """
    hold_words()
    definition = _held(definition_type, key)
    live = _live_at(definition, key, base_version)
    if live is None:
        raise errors.DefinitionRetired(f"{key} has no version in force.")
    definition.successor = _successor(definition, successor_key) if successor_key else None
    definition.status = next_definition_status(definition.status, "retire" if is_final else "deprecate")
    if is_final:
        _refuse_while_in_use(definition)
        definition.retired_at = now()
        _end(live, "retire", definition.retired_at)
    definition.save(update_fields=["successor", "status", "retired_at"])
    fact: Event = _PUT_AWAY[definition_type](
        definition_key=key,
        version_number=live.number,
        request_ref=request_ref,
        status=str(definition.status),
        successor_key=successor_key or "",
    )
    announce(fact, actor=actor)
    return definition


def _held(definition_type: str, key: str) -> Definition:
    """The word, its row locked until the commit."""
    found = Definition.objects.select_for_update(no_key=True).filter(type=definition_type, key=key).first()
    if found is None:
        noun = DefinitionType(definition_type).label.lower()
        raise errors.DefinitionUnknown(f"There is no {noun} with the key {key}.")
    if found.status == SegmentStatus.RETIRED:
        raise errors.DefinitionRetired(f"{key} was retired; it can no longer be changed.")
    return found


def _live_at(definition: Definition | None, key: str, base_version: int | None) -> DefinitionVersion | None:
    """The version in force, which must be the one that the decision was made about."""
    live = definition.versions.filter(state=VersionState.ACTIVE).first() if definition else None
    number = live.number if live else None
    if number != base_version:
        stands = f"is at version {number}" if number else "has no version yet"
        about = f"version {base_version}" if base_version else "a new word"
        raise errors.StaleBase(
            f"The decision is about {about}, but {key} {stands}. Look at what changed and propose again.",
            extra={"live_version": number, "base_version": base_version},
        )
    return live


def _born(definition_type: str, key: str, at: datetime) -> Definition:
    try:
        with transaction.atomic():
            return Definition.objects.create(type=definition_type, key=key, created_at=at)
    except IntegrityError as taken:
        raise errors.KeyTaken(f"The key {key} is taken already; choose another.") from taken


def _counting(definition: Definition) -> Definition:
    """The word in use again, without the successor that it had while it was deprecated."""
    status = next_definition_status(definition.status, "enact")
    if status != definition.status:
        definition.status, definition.successor = status, None
        definition.save(update_fields=["status", "successor"])
    return definition


def _end(version: DefinitionVersion, move: str, at: datetime) -> None:
    version.state = next_state(version.state, move)
    version.ended_at = at
    version.save(update_fields=["state", "ended_at"])


def _refuse_while_in_use(definition: Definition) -> None:
    if standing := what_stands_on(definition.type, definition.key):
        raise errors.DefinitionInUse(f"{definition.key} is in use: {'; '.join(standing)}. {BEFORE_RETIRING}")


def _successor(definition: Definition, key: str) -> Definition:
    found = (
        Definition.objects.filter(type=definition.type, key=key, status=SegmentStatus.ACTIVE)
        .exclude(pk=definition.pk)
        .first()
    )
    if found is None:
        noun = definition.get_type_display().lower()
        detail = f"The successor {key} must be another {noun} in use."
        raise Invalid(detail, code="unknown_successor", pointer="/successor")
    return found
