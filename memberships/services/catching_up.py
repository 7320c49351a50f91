"""Brings what a run found in its build up to what micro-batches have published since."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Max
from pyroaring import BitMap

from customers.selectors import changed_profiles, newest_change
from customers.selectors.publishing import change_causes
from memberships import compiler
from memberships.engines.rows_engine import evaluate_rows
from memberships.models import Current
from memberships.selectors.reading import current_positions, members_at
from memberships.services.manifests import Computed
from safeguards.choices import Scope
from safeguards.selectors import frozen_keys

_NO_END: Final = 2**62


@dataclass
class Found:
    """The members by key with everything up to `watermark`, why the others failed, and why customers changed after the
    oldest published watermark of what is not frozen (`causes_after`), as far as the change `causes_until`."""

    members: dict[str, BitMap]
    failures: dict[str, str]
    watermark: int
    causes: dict[str, BitMap] = field(default_factory=dict)
    causes_after: int = 0
    causes_until: int = 0
    rows: int = 0


def published_watermark() -> int:
    """The newest change that anything published holds."""
    return Current.objects.aggregate(newest=Max("watermark"))["newest"] or 0


def caught_up(computed: Computed) -> Found:
    """What the run found, with the changes that others have published until now; takes no lock.

    Afterwards the states in force are in this process, too, so that comparing with them is quick.
    """
    evaluation = computed.evaluation
    found = Found(
        {key: evaluation.members[key] for key in computed.rules if key in evaluation.members},
        dict(evaluation.failures),
        computed.build.watermark,
    )
    found.causes_until = newest_change()
    moving = Current.objects.filter(snapshot__isnull=False).exclude(segment__key__in=frozen_keys(Scope.SEGMENT))
    oldest = moving.order_by("watermark").values_list("watermark", flat=True).first()
    if oldest is not None:
        found.causes_after, found.causes = oldest, change_causes(after=oldest)
    members_at(current_positions().values())
    go_on(computed, found)
    return found


def go_on(computed: Computed, found: Found) -> None:
    """Add to `found` what was published since. Under the publication lock nobody can be ahead afterwards.

    Rows are read without an upper end: whoever changed again stands at the newest values, and is read again by the next
    micro-batch, which then finds nothing to move.
    """
    newest = published_watermark()
    if newest > found.watermark:
        _evaluate_since(computed, found, found.watermark)
        found.watermark = newest


def _evaluate_since(computed: Computed, found: Found, after: int) -> None:
    rows = changed_profiles(after=after, through=_NO_END, as_of=computed.as_of)
    trees = {rule.key: rule.rule for rule in (computed.grounds or computed.rules).values() if not rule.fault}
    asked = compiler.closure(trees, found.members)
    again = evaluate_rows(rows.frame, list(asked.items()), computed.as_of)
    touched = BitMap(rows.frame["ordinal"].to_list())
    found.rows += rows.frame.height
    found.failures.update(again.failures)
    for key in list(found.members):
        if key in again.members:
            found.members[key] = (found.members[key] - touched) | again.members[key]


def add_causes(found: Found) -> None:
    """Add why customers changed since `caught_up` looked."""
    for cause, ordinals in change_causes(after=found.causes_until).items():
        for other in found.causes:
            found.causes[other] = found.causes[other] - ordinals
        found.causes[cause] = found.causes.get(cause, BitMap()) | ordinals


def causes_by_watermark(found: Found, watermarks: Iterable[int]) -> dict[int, dict[str, BitMap]]:
    """Why customers changed since each of these watermarks that is not the one of `found.causes`: a segment that was
    frozen stands far behind, and what moves in the others must not be told with causes that they have had."""
    return {each: change_causes(after=each) for each in set(watermarks) - {found.causes_after}}
