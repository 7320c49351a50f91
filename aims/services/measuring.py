"""Records the actuals of objectives: measured from the data of runs, or entered by hand with evidence."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from aims import policies
from aims.choices import Origin
from aims.errors import NotMeasurable
from aims.events import ActualRecorded
from aims.models import Actual
from aims.selectors.actuals import standing_actuals, today
from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, DomainError, Invalid
from common.texts import clean_text
from customers.selectors import attribute_facts, customer_count
from ledger.services import announce
from memberships.selectors import SMALL_GROUP, SizeRow, member_values, sizes
from taxonomy.choices import MeasureKind
from taxonomy.selectors import objective_for, objectives_in_use, segment_by_key, versions_serving

log = structlog.get_logger(__name__)
_TOO_LARGE = Decimal(10) ** 17


def measure_objectives(*, actor: Any = SYSTEM, keys: list[str] | None = None) -> int:
    """Afterwards every objective that is bound to data has an actual for the newest membership of its segments.

    Refuses: nothing; what cannot be measured is logged and left out.
    Announces: ActualRecorded for each; returns how many were recorded. A membership that was measured already is not
    measured again.
    """
    rows = objectives_in_use().filter(measure__isnull=False)
    known = sizes()
    done = 0
    for objective in rows if keys is None else rows.filter(key__in=keys):
        for segment_key in measured_segments(objective):
            try:
                done += _measure(actor, objective, segment_key, known)
            except DomainError as refused:
                log.info("actual.not_measured", objective=objective.key, segment=segment_key, code=refused.code)
    return done


def measure_objective(*, actor: Any, key: str) -> int:
    """Afterwards the objective has an actual for the newest membership of each of its segments.

    Refuses: NotAllowed, ObjectiveUnknown, NotMeasurable (not bound to data, or nothing computed; the reason is said).
    Announces: ActualRecorded for each new one; returns how many there are.
    """
    policies.aims.require(actor, "measure")
    objective = objective_for(viewer=actor, key=key)
    if not objective.measure:
        raise NotMeasurable("This objective is not bound to data. Its owner enters the actual by hand.")
    segments = measured_segments(objective)
    if not segments:
        raise NotMeasurable("No segment serves this objective, so there is nothing to measure.")
    known = sizes()
    return sum(_measure(actor, objective, each, known) for each in segments)


def measured_segments(objective: Any) -> list[str]:
    """The keys of the segments over which the objective is measured."""
    if objective.measure and objective.measure.get("segment"):
        return [str(objective.measure["segment"])]
    return [version.segment.key for version in versions_serving(objective.key)]


@transaction.atomic
def _measure(actor: Any, objective: Any, segment_key: str, known: Mapping[str, SizeRow]) -> int:
    """Record the actual for the newest membership; 1 when it is new, 0 when it stands already."""
    standing = known.get(segment_key)
    if standing is None or standing.size is None or standing.run_id is None:
        raise NotMeasurable(f"The members of {segment_key} have not been computed yet. Request a run first.")
    segment = segment_by_key(segment_key)
    given = {"objective": objective, "objective_version": objective.version, "segment": segment}
    if Actual.objects.filter(**given, run_id=standing.run_id, origin=Origin.MEASURED).exists():
        return 0
    value, basis = _value(objective.measure, segment_key, standing, known)
    try:
        with transaction.atomic():
            row = Actual.objects.create(
                **given,
                origin=Origin.MEASURED,
                value=Decimal(str(round(value, 4))),
                on=(standing.as_of or now()).date(),
                as_of=standing.as_of,
                run_id=standing.run_id,
                version_number=standing.version_number,
                basis=basis,
                recorded_by_id=actor.pk,
                recorded_at=now(),
            )
    except IntegrityError:
        return 0
    _tell(actor, row, objective.key, segment_key)
    return 1


def _value(measure: Mapping[str, Any], key: str, standing: SizeRow, known: Mapping[str, SizeRow]) -> tuple[float, str]:
    """(the value, what it rests on)."""
    size, kind = standing.size or 0, measure["kind"]
    where = f"members of {key}, version {standing.version_number}, run {standing.run_id}"
    if kind == MeasureKind.SIZE:
        return float(size), f"Counted: the {where}."
    if kind == MeasureKind.SHARE:
        parent = segment_by_key(key).parent
        above = known[parent.key].size if parent and parent.key in known else customer_count()
        if not above:
            raise NotMeasurable("The segment above has no members yet, so there is no share of it.")
        whole = f"{parent.key}" if parent else "all customers"
        return 100 * size / above, f"{size:,} {where}, of {above:,} in {whole}."
    attribute = str(measure["attribute"])
    held = member_values([key], attribute).get(key)
    if held is None or held.known < SMALL_GROUP:
        raise NotMeasurable(f"Fewer than {SMALL_GROUP} members of {key} hold a value of {attribute}.")
    facts = attribute_facts().get(attribute)
    label = facts.label if facts else attribute
    value = held.total if kind == MeasureKind.SUM else held.total / held.known
    words = "Sum" if kind == MeasureKind.SUM else "Mean"
    basis = f"{words} of “{label}” over {held.known:,} of {held.members:,} {where}, build {held.build_number}."
    return value, basis


@transaction.atomic
def enter_actual(*, actor: Any, key: str, value: Any, on: Any, evidence: str, corrects: int | None = None) -> Actual:
    """The actual stands as its owner says, with what supports it; an earlier one that it corrects no longer counts.

    Refuses: ObjectiveUnknown, NotAllowed (not the owner), Invalid (no number, no evidence, a day to come), Conflict (a
    measured objective; the row to correct is another objective's, measured, or corrected already).
    Announces: ActualRecorded.
    """
    objective = objective_for(viewer=actor, key=key)
    policies.aims.require(actor, "enter", objective)
    if objective.measure:
        raise Conflict("This objective is measured from data; nobody enters its actual by hand.", code="measured")
    if objective.retired_at is not None:
        raise Conflict("This objective was retired; nothing is entered for it any more.", code="retired")
    row = Actual(
        objective=objective,
        objective_version=objective.version,
        origin=Origin.ENTERED,
        value=_number(value),
        on=_day(on),
        basis=clean_text(evidence, pointer="/evidence", max_length=600, lines=True),
        corrects=_corrected(objective, corrects),
        recorded_by=actor,
        recorded_at=now(),
    )
    row.save(force_insert=True)
    _tell(actor, row, key, "")
    return row


def _corrected(objective: Any, number: int | None) -> Actual | None:
    if number is None:
        return None
    rows = standing_actuals().select_for_update(of=("self",))
    found = rows.filter(pk=number, objective=objective, origin=Origin.ENTERED).first()
    if found is None:
        raise Conflict("There is no such entry to correct. Look at the list again.", code="not_correctable")
    return found


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= _TOO_LARGE:
        raise Invalid("Write the value as a number.", code="wrong_type", pointer="/value")
    return number.quantize(Decimal("0.0001"))


def _day(value: Any) -> date:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise Invalid("Write the date as YYYY-MM-DD.", code="wrong_type", pointer="/on") from None
    if day > today():
        raise Invalid("Nobody knows yet where it will stand on that day.", code="in_the_future", pointer="/on")
    return day


def _tell(actor: Any, row: Actual, objective_key: str, segment_key: str) -> None:
    fact = ActualRecorded(
        objective_key=objective_key,
        segment_key=segment_key,
        actual_id=row.pk,
        origin=str(row.origin),
        on=row.on.isoformat(),
    )
    announce(fact, actor=actor)
