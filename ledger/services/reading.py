"""Enters who read what is personal, and seals what was entered into the chain."""

import uuid
from datetime import timedelta

from django.db import connection, transaction

from common.actors import SYSTEM, Actor
from common.clock import now
from ledger.events import ReadsSealed
from ledger.models import Entry, Lookup, Reading
from ledger.selectors.readings import digest_of_readings, last_sealed
from ledger.services.recording import announce

SEAL_BATCH = 20_000
# A row is sealed once every statement that took a smaller number has surely ended.
SETTLED = timedelta(seconds=30)
_ONE_SEALER = 7310578


def record_reading(
    *, actor: Actor, what: str, object_type: str, object_key: str, count: int = 1, correlation: uuid.UUID | None = None
) -> Reading:
    """Afterwards it stands that the actor read this.

    Refuses: nothing.
    Announces: nothing by itself; `seal_readings` does for many at once.
    """
    return Reading.objects.create(
        actor_id=actor.pk,
        actor_name=actor.get_username(),
        what=what,
        object_type=object_type,
        object_key=object_key[:200],
        count=count,
        correlation_id=correlation,
    )


def count_lookup(*, actor: Actor, what: str, object_type: str, object_key: str) -> None:
    """Afterwards one more question of the actor is counted in this minute.

    Refuses: nothing.
    Announces: nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_count_lookup(%s, %s, %s, %s, %s)",
            [actor.pk, actor.get_username(), what, object_type, object_key[:200]],
        )


@transaction.atomic
def seal_readings() -> Entry | None:
    """Afterwards the readings that had settled stand in the chain by their digest; None when there were none.

    Two at once: the second does nothing.

    Refuses: nothing.
    Announces: ReadsSealed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_SEALER])
        if not cursor.fetchone()[0]:
            return None
    _take_over_lookups()
    settled = Reading.objects.filter(pk__gt=last_sealed(), at__lt=now() - SETTLED).order_by("pk")
    numbers = list(settled.values_list("pk", flat=True)[:SEAL_BATCH])
    if not numbers:
        return None
    first, last = numbers[0], numbers[-1]
    fact = ReadsSealed(first_id=first, last_id=last, count=len(numbers), digest=digest_of_readings(first, last))
    return announce(fact, actor=SYSTEM)


def _take_over_lookups() -> None:
    """The minutes that are over become readings."""
    over = Lookup.objects.filter(minute__lt=now() - timedelta(minutes=1)).order_by("pk")
    rows = list(over.select_for_update()[:SEAL_BATCH])
    Reading.objects.bulk_create(
        Reading(
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            what=row.what,
            object_type=row.object_type,
            object_key=row.object_key,
            count=row.count,
        )
        for row in rows
    )
    Lookup.objects.filter(pk__in=[row.pk for row in rows]).delete()
