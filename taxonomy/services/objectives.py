"""Defines objectives."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from accounts.selectors import user_by_username
from common.actors import Actor
from common.clock import now
from common.errors import Conflict, DomainError, Invalid
from common.keys import check_key
from common.naming import refusals
from common.texts import clean_text
from ledger.services import announce
from taxonomy import policies
from taxonomy.choices import ChangeWord, ObjectiveKind
from taxonomy.errors import StaleBase
from taxonomy.events import ObjectiveDefined
from taxonomy.models import Objective
from taxonomy.selectors.naming import faults_of_objective

_TOO_LARGE = Decimal(10) ** 14


@transaction.atomic
def define_objective(
    *, actor: Actor, key: str, content: Mapping[str, Any], base_version: int | None = None
) -> Objective:
    """The objective stands as written: new, or changed with its history kept.

    With `base_version` it counts only while the objective is still at that version; 0: while there is none. Numbers
    come as numbers or text, the date as a date or YYYY-MM-DD, the owner as a user name.

    Refuses: `Invalid` (with a pointer for each fault), `NotAllowed`, `StaleBase`, `Conflict` (born twice at once).
    Announces: `taxonomy.objective.defined`.
    """
    check_key(key)
    objective = Objective.objects.select_for_update(of=("self",), no_key=True).filter(key=key).first()
    policies.objectives.require(actor, "define", objective)
    stands_at = objective.version if objective else 0
    if base_version is not None and stands_at != base_version:
        happened = "was changed meanwhile" if base_version else "exists already"
        raise StaleBase(f"The objective {key} {happened}. Read it and repeat your change.", pointer="/key")
    values = _values(key, content)
    change = ChangeWord.DEFINED if objective is None else ChangeWord.CHANGED
    objective = _born(key, values, now()) if objective is None else _changed(objective, values, now())
    announce(ObjectiveDefined(objective_key=key, objective_version=objective.version, change=change.value), actor=actor)
    return objective


def _born(key: str, values: Mapping[str, Any], at: datetime) -> Objective:
    try:
        with transaction.atomic():
            return Objective.objects.create(key=key, changed_at=at, **values)
    except IntegrityError as taken:
        raise Conflict(f"Somebody has just defined the objective {key}. Read it first.", code="key_taken") from taken


def _changed(objective: Objective, values: Mapping[str, Any], at: datetime) -> Objective:
    for field, value in values.items():
        setattr(objective, field, value)
    objective.version += 1
    objective.changed_at = at
    objective.save()
    return objective


def _values(key: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the row; raises `Invalid` with every fault found, also in how key and name stand beside others."""
    readers: dict[str, Callable[[Any], Any]] = {
        "name": partial(clean_text, pointer="/name", max_length=120),
        "kind": _kind,
        "metric": partial(clean_text, pointer="/metric", max_length=200),
        "unit": partial(clean_text, pointer="/unit", max_length=32, required=False),
        "baseline": partial(_number, pointer="/baseline", required=False),
        "basis": partial(clean_text, pointer="/basis", max_length=600, required=False, lines=True),
        "target": partial(_number, pointer="/target"),
        "target_on": _day,
        "owner": _owner,
    }
    faults: list[dict[str, Any]] = [
        {
            "code": "unknown_field",
            "detail": f"There is no field {name}. Known: {', '.join(readers)}.",
            "pointer": f"/{name}",
        }
        for name in content
        if name not in readers
    ]
    values: dict[str, Any] = {}
    for name, read in readers.items():
        try:
            values[name] = read(content.get(name))
        except DomainError as error:
            faults += error.errors
    about_key, about_name = faults_of_objective(key, values.get("name"))
    faults += refusals(about_key, "/key") + refusals(about_name, "/name")
    if faults:
        raise Invalid(faults[0]["detail"], code=faults[0]["code"], errors=faults)
    return values


def _kind(value: Any) -> str:
    if value not in ObjectiveKind.values:
        raise Invalid(f"Choose one of: {', '.join(ObjectiveKind.values)}.", code="unknown_kind", pointer="/kind")
    return str(value)


def _number(value: Any, *, pointer: str, required: bool = True) -> Decimal | None:
    if value is None or value == "":
        if required:
            raise Invalid("This must not be empty.", code="required", pointer=pointer)
        return None
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= _TOO_LARGE:
        raise Invalid("This must be a number below 100 trillion.", code="wrong_type", pointer=pointer)
    return number.quantize(Decimal("0.0001")).normalize()


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid("Write the date as YYYY-MM-DD.", code="wrong_type", pointer="/target_on") from None


def _owner(username: Any) -> Any:
    if not isinstance(username, str) or not username.strip():
        raise Invalid("Name the person who answers for the objective.", code="required", pointer="/owner")
    try:
        return user_by_username(username.strip())
    except DomainError:
        detail = f"There is no active person with the user name {username}."
        raise Invalid(detail, code="unknown_person", pointer="/owner") from None
