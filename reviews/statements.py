"""What an author declares with a request besides its content: who is affected, the way back, predictions, answers."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from common.clock import now
from common.errors import Invalid
from common.texts import clean_text

FIELDS = ("affected", "rollback", "notice", "quick_win", "moments", "prediction", "ethics", "assumptions", "shadow")
TEXT_LENGTH = 2000
MOST_ROWS = 20
SHADOW_LENGTH = 20_000
NAME_LENGTH = 120
INTERVAL = ("low", "expected", "high")

Statement = dict[str, Any]


def checked_statement(given: Mapping[str, Any] | None) -> Statement:
    """The declaration in its one form: known parts only, texts cleaned, nothing empty; the same input gives the same.

    Raises `Invalid` with a pointer below /statement that says what to write instead.
    """
    if given is None:
        return {}
    _refuse_unknown(given, FIELDS, "/statement", "A statement")
    found: Statement = {}
    for name in FIELDS:
        value = _CHECKS[name](given[name], f"/statement/{name}") if given.get(name) is not None else None
        if value not in (None, "", {}, [], False):
            found[name] = value
    return found


def merged_statement(stood: Mapping[str, Any], given: Mapping[str, Any] | None) -> Statement:
    """What stood with what is given in its place, part by part; null or nothing takes a part away.

    Raises `Invalid`: as `checked_statement`, and for a newly given prediction whose day has come already.
    """
    checked = checked_statement(given)
    kept = {name: value for name, value in stood.items() if name not in (given or {})}
    prediction = checked.get("prediction")
    if prediction and prediction != stood.get("prediction") and prediction["due_on"] <= now().date().isoformat():
        raise Invalid(
            "Name a day to come: the portal measures the prediction then.",
            code="in_the_past",
            pointer="/statement/prediction/due_on",
        )
    return {**kept, **checked}


def _refuse_unknown(given: Any, known: tuple[str, ...], pointer: str, noun: str) -> None:
    if not isinstance(given, Mapping):
        raise Invalid(f"{noun} is an object with: {', '.join(known)}.", code="wrong_type", pointer=pointer)
    for name in given:
        if name not in known:
            raise Invalid(
                f"{noun} has no {str(name)[:60]}. Known: {', '.join(known)}.",
                code="unknown_field",
                pointer=f"{pointer}/{str(name)[:60]}",
            )


def _text(value: Any, pointer: str) -> str:
    return clean_text(value, pointer=pointer, max_length=TEXT_LENGTH, required=False, lines=True)


def _name(value: Any, pointer: str) -> str:
    return clean_text(value, pointer=pointer, max_length=NAME_LENGTH)


def _yes(value: Any, pointer: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid("Say true or false.", code="wrong_type", pointer=pointer)
    return value


def _rows(value: Any, pointer: str) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid("This is a list.", code="wrong_type", pointer=pointer)
    if len(value) > MOST_ROWS:
        raise Invalid(f"At most {MOST_ROWS} are read; this has {len(value)}.", code="too_many", pointer=pointer)
    return value


def _moments(value: Any, pointer: str) -> list[str]:
    names = [_name(each, f"{pointer}/{at}") for at, each in enumerate(_rows(value, pointer))]
    return list(dict.fromkeys(names))


def number(value: Any, pointer: str) -> int | float:
    """A finite number; whole ones as int, so that 5 and 5.0 are one declaration."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Invalid("This must be a number.", code="wrong_type", pointer=pointer)
    if abs(value) > 1e15:
        raise Invalid("This number is too large to be measured.", code="out_of_range", pointer=pointer)
    return int(value) if value == int(value) else value


def _interval(given: Mapping[str, Any], pointer: str) -> dict[str, int | float]:
    """Low, expected and high in order: an expectation without its interval cannot be wrong."""
    found = {}
    for name in INTERVAL:
        if given.get(name) is None:
            raise Invalid(
                "Commit to a low, an expected and a high value.", code="required", pointer=f"{pointer}/{name}"
            )
        found[name] = number(given[name], f"{pointer}/{name}")
    if not found["low"] <= found["expected"] <= found["high"]:
        raise Invalid(
            "The expected value lies between low and high.", code="not_in_order", pointer=f"{pointer}/expected"
        )
    return found


def _prediction(value: Any, pointer: str) -> Statement:
    named = {"value": "attribute", "outcome": "metric"}
    _refuse_unknown(value, ("size", "value", "outcome", "due_on"), pointer, "A prediction")
    found: Statement = {}
    for part in ("size", "value", "outcome"):
        given, where = value.get(part), f"{pointer}/{part}"
        if given is None:
            continue
        known = (*INTERVAL, named[part]) if part in named else INTERVAL
        _refuse_unknown(given, known, where, f"The predicted {part}")
        found[part] = _interval(given, where)
        if part in named:
            found[part][named[part]] = _name(given.get(named[part]), f"{where}/{named[part]}")
    if not found:
        if value.get("due_on"):
            raise Invalid("Say what will be true on that day.", code="required", pointer=f"{pointer}/size")
        return {}
    return {**found, "due_on": _day(value.get("due_on"), f"{pointer}/due_on")}


def _day(value: Any, pointer: str) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Invalid("Name the day of measuring, as in 2027-03-31.", code="required", pointer=pointer) from None


def _ethics(value: Any, pointer: str) -> Statement:
    if not isinstance(value, Mapping):
        raise Invalid("Answers stand by the key of their question.", code="wrong_type", pointer=pointer)
    _rows(list(value), pointer)
    found = {}
    for key in sorted(value, key=str):
        where = f"{pointer}/{str(key)[:60]}"
        clean_text(key, pointer=pointer, max_length=63)
        _refuse_unknown(value[key], ("answer", "reason"), where, "An answer")
        answer = clean_text(value[key].get("answer"), pointer=f"{where}/answer", max_length=NAME_LENGTH, required=False)
        reason = _text(value[key].get("reason"), f"{where}/reason")
        if reason and not answer:
            raise Invalid("Give the answer that this is the reason of.", code="required", pointer=f"{where}/answer")
        if answer:
            found[key] = {"answer": answer, "reason": reason}
    return found


def _assumptions(value: Any, pointer: str) -> list[Statement]:
    return [_assumption(each, f"{pointer}/{at}") for at, each in enumerate(_rows(value, pointer))]


def _assumption(value: Any, pointer: str) -> Statement:
    """A sentence; with an attribute or metric and a band it is measured, and a review opens when it fails."""
    _refuse_unknown(value, ("text", "attribute", "metric", "low", "high", "clause"), pointer, "An assumption")
    found: Statement = {"text": clean_text(value.get("text"), pointer=f"{pointer}/text", max_length=300)}
    for name in ("attribute", "metric", "clause"):
        words = clean_text(value.get(name), pointer=f"{pointer}/{name}", max_length=NAME_LENGTH, required=False)
        found.update({name: words} if words else {})
    for name in ("low", "high"):
        if value.get(name) is not None:
            found[name] = number(value[name], f"{pointer}/{name}")
    has_band = "low" in found or "high" in found
    if "attribute" in found and "metric" in found:
        raise Invalid("Name an attribute or a metric, not both.", code="one_of", pointer=f"{pointer}/metric")
    if ("attribute" in found or "metric" in found) and not has_band:
        raise Invalid("Give the band in which it holds: a low or a high.", code="required", pointer=f"{pointer}/low")
    if has_band and not ("attribute" in found or "metric" in found):
        words = "Say what is measured: an attribute or a metric."
        raise Invalid(words, code="required", pointer=f"{pointer}/attribute")
    if "low" in found and "high" in found and found["low"] > found["high"]:
        raise Invalid("The low end lies below the high one.", code="not_in_order", pointer=f"{pointer}/low")
    return found


def _shadow(value: Any, pointer: str) -> Statement:
    if not isinstance(value, Mapping):
        raise Invalid("The record of a shadow run is an object.", code="wrong_type", pointer=pointer)
    try:
        length = len(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError):
        raise Invalid("The record of a shadow run is plain JSON.", code="wrong_type", pointer=pointer) from None
    if length > SHADOW_LENGTH:
        raise Invalid("The record of a shadow run is too long.", code="too_long", pointer=pointer)
    return dict(value)


_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "affected": _text,
    "rollback": _text,
    "notice": _text,
    "quick_win": _yes,
    "moments": _moments,
    "prediction": _prediction,
    "ethics": _ethics,
    "assumptions": _assumptions,
    "shadow": _shadow,
}
