"""Applies stored events again for one trait, after the catalogue has learnt it; part by part."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from common.clock import now
from customers.models import EventProblem
from customers.rows.told import Told
from customers.rows.traits import trait_key
from customers.selectors import attribute_facts
from customers.services.applying import Applied, grounds_for, tell
from customers.services.batches import apply_batch, sound_batch
from customers.services.locks import sole_applier
from customers.services.merging import enter_gate
from customers.services.problems import record_problems
from customers.services.stops import frozen_sources

_STORED: Final = """
    SELECT id, received_at, at, source_key, message_id, type, user_id, anonymous_id, group_id, previous_id, content
    FROM customers_event
    WHERE (received_at, id) > (%s, %s) AND source_key = %s AND type IN ('identify', 'group') AND applied_at IS NOT NULL
    ORDER BY received_at, id LIMIT %s
"""


def repeat_events(*, limit: int = 2000) -> Applied | None:
    """Apply up to `limit` stored events again for the oldest problem of which that was asked, in one transaction; None
    when nothing was asked or somebody else is applying.

    Afterwards the problem stands behind them; behind the last one it is closed, unless something still did not fit.
    Refuses: nothing. Announces: `customers.profiles.changed`, unless none of them held the trait.
    """
    with sole_applier() as is_sole:
        return _repeat(limit) if is_sole else None


@transaction.atomic
def _repeat(limit: int) -> Applied | None:
    frozen = frozen_sources()
    enter_gate()
    asked = EventProblem.objects.select_for_update().exclude(again_from=None).exclude(source_key__in=frozen)
    problem = asked.order_by("pk").first()
    if problem is None:
        return None
    given, problem.again_from = _read(problem, limit)
    problem.save(update_fields=["again_from"])
    changed = 0
    if given:
        batch = sound_batch(given)
        apply_batch(batch, grounds_for({problem.source_key}))
        record_problems(batch.problems)
        tell(batch, given)
        changed = len(batch.touched)
    if problem.again_from is None:
        # Counted anew from nothing: whatever did not fit again is in the count by now.
        EventProblem.objects.filter(pk=problem.pk, count=0).update(resolved_at=now())
    return Applied(len(given), changed, min((told.received_at for told in given), default=now()))


def _read(problem: EventProblem, limit: int) -> tuple[list[Told], list[Any] | None]:
    """The next events that hold the trait, with nothing but it; and where to go on, None behind the last."""
    facts = attribute_facts()
    key = trait_key(problem.key, facts)
    at_once = now()
    at, event_id = problem.again_from or ("0001-01-01T00:00:00+00:00", 0)
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [datetime.fromisoformat(at), event_id, problem.source_key, limit])
        rows: list[Any] = list(cursor.fetchall())
    found = []
    for *fields, content in rows:
        traits = {name: value for name, value in json.loads(content).items() if key and trait_key(name, facts) == key}
        if traits:
            values: list[Any] = [*fields, traits]
            # What is made of it begins now; how long it took to arrive is not to be told a second time.
            found.append(replace(Told(*values), received_at=at_once))
    return found, [rows[-1][1].isoformat(), rows[-1][0]] if len(rows) == limit else None
