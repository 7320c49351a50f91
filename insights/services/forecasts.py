"""Keeps what proposers committed to, measures it when its day has come, and lets nobody forget a verdict."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.choices import Role
from accounts.policies import has_role
from common.actors import SYSTEM
from common.clock import now
from common.errors import DomainError, NotAllowed
from common.texts import clean_text
from insights.choices import ForecastState, Measure
from insights.errors import ForecastSettled, NoSuchForecast
from insights.events import ForecastMeasured, ForecastOwed, ForecastVoided
from insights.measures import verdict_of
from insights.models import Forecast
from insights.selectors.forecasts import basis_of
from ledger.services import announce
from memberships.selectors import size_of
from memberships.selectors.figures import member_figure
from notifications.services import notify
from reviews.selectors.decided import prediction_of
from taxonomy.selectors import path_of

BATCH = 500
_OPEN = (ForecastState.WAITING, ForecastState.OWED)


@transaction.atomic
def keep_forecasts(*, request_id: int) -> int:
    """Afterwards each number that the applied request predicted waits for its day; how many are new.

    Refuses: nothing; a request without a prediction keeps none.
    Announces: nothing.
    """
    found = prediction_of(request_id)
    if not found:
        return 0
    prediction = found["prediction"]
    rows = [
        Forecast(
            request_id=request_id,
            title=found["title"],
            subject_type=found["subject_type"],
            subject_key=found["subject_key"],
            version_number=found["version"],
            board_key=found["board"],
            proposer_id=found["author_id"],
            measure=measure,
            basis=basis_of(measure, prediction[measure]),
            due_on=date.fromisoformat(prediction["due_on"]),
            is_quick_win=found["quick_win"],
            created_at=now(),
            **{end: float(prediction[measure][end]) for end in ("low", "expected", "high")},
        )
        for measure in Measure.values
        if measure in prediction
    ]
    kept = set(Forecast.objects.filter(request_id=request_id).values_list("measure", flat=True))
    Forecast.objects.bulk_create(rows, ignore_conflicts=True)
    return len([row for row in rows if row.measure not in kept])


def measure_due() -> int:
    """Afterwards every prediction whose day has come is measured, or owed with the reason why not; how many were.

    Each in its own transaction. Safe to run twice: what was measured stays.

    Refuses: nothing.
    Announces: ForecastMeasured, or ForecastOwed once.
    """
    due = Forecast.objects.filter(state__in=_OPEN, due_on__lte=now().date()).values_list("pk", flat=True)[:BATCH]
    return sum(_measure(number) for number in list(due))


@transaction.atomic
def _measure(number: int) -> int:
    row = Forecast.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=number, state__in=_OPEN).first()
    if row is None:
        return 0
    try:
        actual, evidence = _actual(row)
    except DomainError as refused:
        _owe(row, refused.detail)
        return 0
    _settle(row, actual, evidence, SYSTEM)
    return 1


def _actual(row: Forecast) -> tuple[float, str]:
    """What the portal measures by itself, with its evidence; refuses where it cannot."""
    if row.measure == Measure.SIZE and row.subject_type == "segment":
        size = size_of(row.subject_key)
        if size.size is None:
            raise NoSuchForecast(size.reason or "The segment has no computed members.")
        return float(size.size), f"Members of {row.subject_key}, version {size.version_number}, {size.run_name}."
    attribute = row.basis.get("attribute")
    if attribute and row.subject_type == "segment":
        figure = member_figure(segment_key=row.subject_key, attribute=attribute)
        if figure.mean is None:
            raise NoSuchForecast(f"{attribute} is known of no member.")
        return figure.mean, (
            f"Mean of {attribute} over {figure.known} of {figure.members} members, profile build {figure.build_number}."
        )
    raise NoSuchForecast("The portal cannot measure this by itself; a person has to say what came of it.")


def _owe(row: Forecast, reason: str) -> None:
    if row.state == ForecastState.OWED:
        return
    row.state = ForecastState.OWED
    row.evidence = reason
    row.save(update_fields=["state", "evidence"])
    announce(ForecastOwed(**_about(row), reason=reason), actor=SYSTEM)
    notify(
        to=[row.proposer_id],
        kind="review_due",
        title=f"What came of “{row.title}”? Its predicted {row.get_measure_display().lower()} waits for a verdict",
        url=f"/insights/decisions/{row.request_id}/",
        body=reason,
        about=f"request:{row.request_id}",
        key=f"forecast:{row.pk}:owed",
    )


def _settle(row: Forecast, actual: float, evidence: str, actor: Any) -> None:
    row.state, row.actual, row.evidence = ForecastState.MEASURED, actual, evidence
    row.measured_at, row.measured_by_id = now(), actor.pk
    row.save(update_fields=["state", "actual", "evidence", "measured_at", "measured_by_id"])
    verdict = verdict_of(row.low, row.high, actual)
    announce(ForecastMeasured(**_about(row), actual=actual, verdict=verdict), actor=actor)


@transaction.atomic
def record_actual(*, actor: Any, forecast_id: int, actual: float, evidence: str) -> Forecast:
    """Afterwards the prediction has the actual value that the person found, with what it rests on.

    Refuses: NoSuchForecast, NotAllowed (the proposer, or somebody without a part in the segment), ForecastSettled,
    Invalid (no evidence).
    Announces: ForecastMeasured.
    """
    row = _held(actor, forecast_id)
    text = clean_text(evidence, pointer="/evidence", max_length=2000, lines=True)
    _settle(row, actual, text, actor)
    return row


@transaction.atomic
def void_forecast(*, actor: Any, forecast_id: int, reason: str) -> Forecast:
    """Afterwards the prediction counts for no calibration, and everybody can read why.

    Refuses: NoSuchForecast, NotAllowed, ForecastSettled, Invalid (no reason).
    Announces: ForecastVoided.
    """
    row = _held(actor, forecast_id)
    row.evidence = clean_text(reason, pointer="/reason", max_length=2000, lines=True)
    row.state, row.measured_at, row.measured_by_id = ForecastState.VOID, now(), actor.pk
    row.save(update_fields=["state", "evidence", "measured_at", "measured_by_id"])
    announce(ForecastVoided(**_about(row), reason=row.evidence[:300]), actor=actor)
    return row


def _held(actor: Any, forecast_id: int) -> Forecast:
    row = Forecast.objects.select_for_update(of=("self",)).filter(pk=forecast_id).first()
    if row is None:
        raise NoSuchForecast("There is no such prediction.")
    if row.proposer_id == actor.pk:
        raise NotAllowed("You made this prediction, so somebody else says what came of it.")
    roles = (Role.OWNER, Role.STEWARD, Role.ADMINISTRATOR, Role.AUDITOR)
    if not has_role(actor, *roles, path=_path(row)):
        raise NotAllowed("Owners of this branch, stewards, auditors and administrators say what came of a prediction.")
    if row.state not in _OPEN:
        raise ForecastSettled("This prediction has its verdict already.")
    return row


def _path(row: Forecast) -> list[str]:
    try:
        return list(path_of(row.subject_key))
    except DomainError:
        return []


def _about(row: Forecast) -> dict[str, Any]:
    return {"request_id": row.request_id, "measure": row.measure, "subject_key": row.subject_key}
