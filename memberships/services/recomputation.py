"""Whether the members are those that the rules in force find, computed anew from the stored customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pyroaring import BitMap

from common.clock import now
from customers.selectors import profiles_of
from customers.selectors.publishing import change_causes
from memberships import compiler
from memberships.engines.rows_engine import evaluate_rows
from memberships.models import Current
from memberships.selectors.questions import asked
from memberships.selectors.reading import current_positions, members_at
from safeguards.choices import Scope
from safeguards.selectors import frozen_keys

_AT_ONCE: Final = 65_536


def breaches() -> list[str]:
    """Sentences that name segments whose members are not those of their rules. Left out are customers whose changes are
    not published yet, and segments that say themselves that they wait: for a rule that failed or is new, for the run of
    a new day, or for the end of a freeze."""
    questions, frozen = asked().questions, frozen_keys(Scope.SEGMENT)
    rows = [
        row
        for row in Current.objects.filter(snapshot__isnull=False, failure="").select_related("segment")
        if row.as_of and row.as_of.date() == now().date() and row.rule_digest == questions.get(row.segment.key)
        if row.segment.key not in frozen
    ]
    if not rows:
        return []
    waiting = BitMap.union(BitMap(), *change_causes(after=min(row.watermark for row in rows)).values())
    wrong = _wrong(rows, max(row.as_of for row in rows if row.as_of), waiting)
    return [
        f"{len(found)} customers are in {key} against its rule, or out of it." for key, found in wrong.items() if found
    ]


def _wrong(rows: Sequence[Current], as_of: datetime, waiting: BitMap) -> dict[str, BitMap]:
    """For each segment who is in it or out of it wrongly."""
    rules = asked().readable
    trees = compiler.closure({key: rule.rule for key, rule in rules.items()}, [row.segment.key for row in rows])
    members = members_at(current_positions([row.segment.key for row in rows]).values())
    wrong = {row.segment.key: BitMap() for row in rows}
    everybody = BitMap.union(BitMap(), *change_causes(after=0).values(), *members.values())
    for first in range(0, len(everybody), _AT_ONCE):
        ordinals = list(everybody[first : first + _AT_ONCE])
        frame = profiles_of(ordinals, as_of)
        found = evaluate_rows(frame, list(trees.items()), as_of).members
        here = BitMap(ordinals) - waiting
        for row in rows:
            if row.segment.key in found:
                wrong[row.segment.key] |= (members[row.segment_id] ^ found[row.segment.key]) & here
    return wrong
