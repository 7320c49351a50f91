"""Makes announcements of facts: a version in force, a large movement."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from activation import sentences
from activation.choices import FUNCTIONS, Kind
from activation.events import AnnouncementMade
from activation.measures import is_large
from activation.models import Announcement, Step
from activation.services.sending import send_next
from common.actors import SYSTEM
from common.clock import now
from ledger.services import announce
from taxonomy.selectors import headings

# Below this many customers a large part of a segment is few people.
LEAST_MOVED = 50


@transaction.atomic
def announce_version(
    *, entry_id: int, at: datetime, segment_key: str, version_number: int, is_new: bool, request_ref: str
) -> Announcement | None:
    """Afterwards the functions are being told that the version is in force, the first of them already; None when they
    were told of this fact before. Announces: `activation.announcement.made`.
    """
    made = _made(
        entry_id=entry_id,
        kind=Kind.ENACTED,
        segment_key=segment_key,
        version_number=version_number,
        request_ref=request_ref,
        sentence=sentences.enacted(_names([segment_key])[segment_key], version_number, is_new=is_new),
        on=at.date(),
    )
    return _begun([made])[0] if made else None


@transaction.atomic
def announce_movements(
    *, entry_id: int, at: datetime, run_id: int, changes: Iterable[Mapping[str, Any]]
) -> list[Announcement]:
    """Afterwards the functions are being told of the large movements among the changes of one run, at most once per
    segment and day. Announces: `activation.announcement.made` for each.
    """
    # By key: two runs that move the same segments must not wait for each other.
    large = sorted((change for change in changes if _is_large(change)), key=lambda change: change["segment_key"])
    if not large:
        return []
    names = _names([change["segment_key"] for change in large])
    made = [
        _made(
            entry_id=entry_id,
            kind=Kind.MOVED,
            segment_key=(key := change["segment_key"]),
            version_number=change["version_number"],
            run_id=run_id,
            sentence=sentences.moved(names[key], change["entered"], change["left"], change["size"]),
            on=at.date(),
        )
        for change in large
    ]
    return _begun([announcement for announcement in made if announcement])


def _is_large(change: Mapping[str, Any]) -> bool:
    percent = settings.SEGPORTAL_LARGE_MOVE_PERCENT
    return is_large(change["entered"], change["left"], change["size"], percent=percent, least=LEAST_MOVED)


def _names(keys: list[str]) -> dict[str, str]:
    known = headings(keys)
    return {key: known[key].name if key in known else key for key in keys}


def _made(**given: Any) -> Announcement | None:
    """The announcement with its waiting steps; None where a constraint says that it was told already."""
    try:
        with transaction.atomic():
            made = Announcement.objects.create(created_at=now(), **given)
    except IntegrityError:
        return None
    Step.objects.bulk_create(
        Step(announcement=made, place=place, function=function) for place, function in enumerate(FUNCTIONS, start=1)
    )
    return made


def _begun(made: list[Announcement]) -> list[Announcement]:
    """The first step of each is sent; the facts come last, when every row is locked that they need."""
    for announcement in made:
        send_next(announcement.pk)
    for each in made:
        fact = AnnouncementMade(
            announcement_id=each.pk, segment_key=each.segment_key, kind=each.kind, entry_id=each.entry_id
        )
        announce(fact, actor=SYSTEM)
    return made
