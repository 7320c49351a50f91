"""The content of an objective: checked, and as it stands in force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from accounts.choices import Function
from accounts.selectors import user_by_username
from common.errors import DomainError, Invalid
from common.keys import check_key
from common.naming import refusals
from common.texts import clean_text
from customers.selectors import attribute_facts
from taxonomy.choices import MeasureKind, ObjectiveKind
from taxonomy.models import Objective, Segment
from taxonomy.models.objective import usual_signers
from taxonomy.selectors.naming import faults_of_objective

OBJECTIVE_FIELDS = (
    "name",
    "kind",
    "metric",
    "unit",
    "baseline",
    "basis",
    "target",
    "target_on",
    "owner",
    "signers",
    "measure",
)
MEASURE_FIELDS = ("kind", "attribute", "segment")
_TOO_LARGE = Decimal(10) ** 14


@dataclass(frozen=True)
class LiveObjective:
    """What an objective says now, and in which version."""

    version_number: int
    content: dict[str, Any]


def checked_objective(key: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content in its one written form: numbers as numbers, the date as YYYY-MM-DD, people as user names.

    Raises `Invalid` with every fault found, also in how key and name stand beside others.
    """
    if not isinstance(content, Mapping):
        raise Invalid("The content of an objective is an object with fields.", code="wrong_type", pointer="")
    check_key(key)
    faults: list[dict[str, Any]] = [
        {
            "code": "unknown_field",
            "detail": f"There is no field {name}. Known: {', '.join(OBJECTIVE_FIELDS)}.",
            "pointer": f"/{name}",
        }
        for name in content
        if name not in OBJECTIVE_FIELDS
    ]
    values: dict[str, Any] = {}
    for name, read in _readers().items():
        try:
            values[name] = read(content.get(name))
        except DomainError as error:
            faults += error.errors
    about_key, about_name = faults_of_objective(key, values.get("name"))
    faults += refusals(about_key, "/key") + refusals(about_name, "/name")
    if faults:
        raise Invalid(faults[0]["detail"], code=faults[0]["code"], errors=faults)
    return values


def objective_content(objective: Any) -> dict[str, Any]:
    """What a row of an objective, or of its history, says, in the form that requests propose."""
    return {
        "name": objective.name,
        "kind": objective.kind,
        "metric": objective.metric,
        "unit": objective.unit,
        "baseline": _plain(objective.baseline),
        "basis": objective.basis,
        "target": _plain(objective.target),
        "target_on": objective.target_on.isoformat(),
        "owner": objective.owner.get_username(),
        "signers": list(objective.signers),
        "measure": dict(objective.measure) if objective.measure else None,
    }


def live_objective(key: str) -> LiveObjective | None:
    """The objective in force with its version; None when there is none or it was retired."""
    found = Objective.objects.filter(key=key, retired_at__isnull=True).select_related("owner").first()
    return LiveObjective(found.version, objective_content(found)) if found else None


def objective_content_at(key: str, number: int) -> dict[str, Any]:
    """What the objective said in that version; `Invalid` when it never had it."""
    rows = Objective.history.filter(key=key, version=number).select_related("owner")
    found = rows.order_by("-history_date", "-history_id").first()
    if found is None:
        raise Invalid(f"The objective {key} has no version {number}.", code="unknown_version", pointer="/version")
    return objective_content(found)


def _readers() -> dict[str, Callable[[Any], Any]]:
    return {
        "name": partial(clean_text, pointer="/name", max_length=120),
        "kind": _kind,
        "metric": partial(clean_text, pointer="/metric", max_length=200),
        "unit": partial(clean_text, pointer="/unit", max_length=32, required=False),
        "baseline": partial(_number, pointer="/baseline", required=False),
        "basis": partial(clean_text, pointer="/basis", max_length=600, required=False, lines=True),
        "target": partial(_number, pointer="/target"),
        "target_on": _day,
        "owner": _owner,
        "signers": _signers,
        "measure": _measure,
    }


def _kind(value: Any) -> str:
    if value not in ObjectiveKind.values:
        raise Invalid(f"Choose one of: {', '.join(ObjectiveKind.values)}.", code="unknown_kind", pointer="/kind")
    return str(value)


def _number(value: Any, *, pointer: str, required: bool = True) -> int | float | None:
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
    return _plain(number.quantize(Decimal("0.0001")))


def _plain(number: Decimal | None) -> int | float | None:
    """The number as JSON writes it: whole where it is whole."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _day(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Invalid("Write the date as YYYY-MM-DD.", code="wrong_type", pointer="/target_on") from None


def _owner(username: Any) -> str:
    if not isinstance(username, str) or not username.strip():
        raise Invalid("Name the person who answers for the objective.", code="required", pointer="/owner")
    try:
        return user_by_username(username.strip()).get_username()
    except DomainError:
        detail = f"There is no active person with the user name {username}."
        raise Invalid(detail, code="unknown_person", pointer="/owner") from None


def _signers(given: Any) -> list[str]:
    if given is None:
        return usual_signers()
    if not isinstance(given, list | tuple) or not all(each in Function.values for each in given):
        known = ", ".join(Function.values)
        raise Invalid(f"The signers are a list of functions: {known}.", code="unknown_function", pointer="/signers")
    if Function.FINANCE not in given:
        raise Invalid(
            "Finance signs every objective: it answers for the money that the aim asks for. Add finance.",
            code="finance_missing",
            pointer="/signers",
        )
    return [value for value in Function.values if value in given]


def _measure(given: Any) -> dict[str, Any] | None:
    """How the actual is measured: {"kind", "attribute" for mean and sum, "segment" where it is always the same}."""
    if given is None or given == {}:
        return None
    if not isinstance(given, Mapping):
        raise Invalid("A measure is an object: kind, attribute, segment.", code="wrong_type", pointer="/measure")
    unknown = [name for name in given if name not in MEASURE_FIELDS]
    if unknown:
        known = ", ".join(MEASURE_FIELDS)
        raise Invalid(f"A measure has no {unknown[0]}. Known: {known}.", pointer=f"/measure/{unknown[0]}")
    kind = given.get("kind")
    if kind not in MeasureKind.values:
        known = ", ".join(MeasureKind.values)
        raise Invalid(f"A measure is one of: {known}.", code="unknown_kind", pointer="/measure/kind")
    measure: dict[str, Any] = {"kind": str(kind)}
    if kind in (MeasureKind.MEAN, MeasureKind.SUM):
        measure["attribute"] = _measured_attribute(given.get("attribute"))
    elif given.get("attribute"):
        raise Invalid("Only a mean or a sum reads an attribute.", pointer="/measure/attribute")
    if given.get("segment"):
        measure["segment"] = _measured_segment(given["segment"])
    return measure


def _measured_attribute(key: Any) -> str:
    facts = attribute_facts().get(key) if isinstance(key, str) else None
    # Everybody reads how far an objective has come, so its measure may rest on nothing that is kept from some.
    if facts is None or facts.type != "number" or facts.sensitivity not in ("public", "internal"):
        raise Invalid(
            "Name a number attribute that holds no personal data, by its key.",
            code="unknown_attribute",
            pointer="/measure/attribute",
        )
    return str(key)


def _measured_segment(key: Any) -> str:
    if isinstance(key, str) and Segment.objects.filter(key=key).exists():
        return key
    raise Invalid(f"There is no segment with the key {key}.", code="unknown_segment", pointer="/measure/segment")
