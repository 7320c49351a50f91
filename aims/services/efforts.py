"""Records what is spent on segments, and sets what counts how much in their priority."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from aims import policies
from aims.choices import EffortKind
from aims.events import EffortRecorded, WeightsSet
from aims.measures import INPUTS, USUAL_HOUR_COSTS
from aims.models import Effort, Weights
from common.clock import now
from common.errors import Conflict, Invalid, NotFound
from common.texts import clean_text
from ledger.services import announce
from taxonomy.selectors import path_of, segment_for


@transaction.atomic
def record_effort(
    *, actor: Any, segment_key: str, kind: str, amount: Any, starts_on: Any, ends_on: Any, what: str, unit: str = ""
) -> Effort:
    """What was spent on the segment in the period stands.

    Refuses: SegmentUnknown, NotAllowed (not the actor's branch), Invalid (kind, amount, period, text).
    Announces: EffortRecorded.
    """
    segment = segment_for(viewer=actor, key=segment_key)
    policies.aims.require(actor, "spend", path_of(segment_key))
    if kind not in EffortKind.values:
        raise Invalid(f"An effort is one of: {', '.join(EffortKind.values)}.", pointer="/kind")
    begins, ends = _day(starts_on, "/starts_on"), _day(ends_on, "/ends_on")
    if ends < begins:
        raise Invalid("The period ends before it begins.", code="not_in_order", pointer="/ends_on")
    effort = Effort.objects.create(
        segment=segment,
        kind=kind,
        amount=_amount(amount),
        unit="hours" if kind == EffortKind.HOURS else clean_text(unit or "USD", pointer="/unit", max_length=16),
        starts_on=begins,
        ends_on=ends,
        what=clean_text(what, pointer="/what", max_length=300),
        recorded_by=actor,
        recorded_at=now(),
    )
    announce(EffortRecorded(segment_key=segment_key, effort_id=effort.pk, change="recorded"), actor=actor)
    return effort


@transaction.atomic
def withdraw_effort(*, actor: Any, effort_id: int, reason: str) -> Effort:
    """The effort counts no longer; it stays in the record with the reason.

    Refuses: NotFound, NotAllowed (not the actor's branch), Conflict (withdrawn already), Invalid (no reason).
    Announces: EffortRecorded.
    """
    effort = Effort.objects.select_for_update(of=("self",)).select_related("segment").filter(pk=effort_id).first()
    if effort is None:
        raise NotFound("There is no such effort.")
    policies.aims.require(actor, "spend", path_of(effort.segment.key))
    if effort.withdrawn_at is not None:
        raise Conflict("This effort was withdrawn already.", code="withdrawn")
    effort.withdrawn_because = clean_text(reason, pointer="/reason", max_length=300)
    effort.withdrawn_at = now()
    effort.save(update_fields=["withdrawn_at", "withdrawn_because"])
    announce(EffortRecorded(segment_key=effort.segment.key, effort_id=effort.pk, change="took back"), actor=actor)
    return effort


@transaction.atomic
def set_weights(*, actor: Any, weights: Mapping[str, Any], reason: str) -> Weights:
    """The priorities rest on these weights from now on; the earlier ones stay in the record.

    Refuses: NotAllowed, Invalid (an unknown input, a weight below 0, none above 0, no reason).
    Announces: WeightsSet.
    """
    policies.aims.require(actor, "weigh")
    known = (*INPUTS, "hour_costs")
    for name in weights:
        if name not in known:
            raise Invalid(f"There is no input {name}. Known: {', '.join(known)}.", pointer=f"/weights/{name}")
    given = {name: _weight(weights.get(name, 0), f"/weights/{name}") for name in INPUTS}
    if not any(given.values()):
        raise Invalid("At least one input must count.", code="nothing_counts", pointer="/weights")
    costs = _weight(weights.get("hour_costs", USUAL_HOUR_COSTS), "/weights/hour_costs")
    why = clean_text(reason, pointer="/reason", max_length=600, lines=True)
    newest = Weights.objects.select_for_update().order_by("-number").first()
    row = Weights.objects.create(
        number=newest.number + 1 if newest else 1,
        weights={**given, "hour_costs": costs},
        reason=why,
        set_by=actor,
        set_at=now(),
    )
    announce(WeightsSet(weights_number=row.number), actor=actor)
    return row


def _weight(value: Any, pointer: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Invalid("A weight is a number from 0 to 1,000.", code="wrong_type", pointer=pointer)
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1000:
        raise Invalid("A weight is a number from 0 to 1,000.", code="out_of_range", pointer=pointer)
    return number


def _amount(value: Any) -> Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 < number < Decimal(10) ** 15:
        raise Invalid("Write how much, as a number above 0.", code="wrong_type", pointer="/amount")
    return number.quantize(Decimal("0.01"))


def _day(value: Any, pointer: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise Invalid("Write the date as YYYY-MM-DD.", code="wrong_type", pointer=pointer) from None
