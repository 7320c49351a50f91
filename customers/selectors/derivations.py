"""Checks how somebody wants an attribute computed: that events and points are well formed, fit its type, and that what
a score reads is there; and says it in words.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from customers.choices import AttributeType, Sensitivity
from customers.models import Attribute
from customers.rows import ValueRefused, could_be_key, typed_value
from customers.rows.derivations import (
    AGGREGATES,
    OPERATORS,
    ORDERING,
    UNARY,
    ScoreDerivation,
    attributes_read,
    derivation_words,
    read_derivation,
)

Report = Callable[[str, str, str], None]
LONGEST_WINDOW: Final = 3650
_MOST_WHERES: Final = 10
_MOST_POINTS: Final = 50
_MOST_TEXTS: Final = 100
_LARGEST_POINTS: Final = 1e9
_EVENT_FIELDS: Final = ("kind", "event", "aggregate", "property", "within_days", "where")
_SCORE_FIELDS: Final = ("kind", "base", "points")
# Which operators the values of an attribute of each type can be asked by; known and unknown always.
_ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("=", "<>", "<", "<=", ">", ">="),
    "date": ("=", "<>", "<", "<=", ">", ">="),
    "timestamp": ("=", "<>", "<", "<=", ">", ">="),
    "text": ("=", "<>", "in"),
    "enum": ("=", "<>", "in"),
    "boolean": ("=",),
    "set": ("contains",),
}


class _Refused(Exception):
    """A fault of a derivation: where (below `derivation`), what, and its code."""

    def __init__(self, place: str, detail: str, code: str = "invalid_derivation") -> None:
        super().__init__(detail)
        self.place, self.detail, self.code = place, detail, code


def checked_derivation(given: Any, *, key: str, kind: str, sensitivity: str, report: Report) -> dict[str, Any] | None:
    """The derivation in its one form, or None where there is none or it is at fault; `kind` is the attribute's type.

    `report` takes field, detail and code of the fault. Also what would break scores that read this attribute is one.
    """
    try:
        made = _checked(given, key, kind, sensitivity) if given else None
        _check_readers(key, kind, sensitivity, made)
    except _Refused as refused:
        report(f"derivation{refused.place}", refused.detail, refused.code)
        return None
    return made


def _checked(given: Any, key: str, kind: str, sensitivity: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise _Refused("", "This must be an object with a kind, event or score, or nothing.", "wrong_type")
    if given.get("kind") == "event":
        return _event(given, kind)
    if given.get("kind") == "score":
        return _score(given, key, kind, sensitivity)
    raise _Refused("/kind", "Choose event (computed from events) or score (points for other attributes).")


def _known(given: Mapping[str, Any], fields: tuple[str, ...], place: str = "") -> None:
    for field in sorted(set(given) - set(fields)):
        raise _Refused(f"{place}/{field}", f"There is no such field here. Known: {', '.join(fields)}.", "unknown_field")


def _name(value: Any, place: str, what: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > 200 or not text.isprintable():
        raise _Refused(place, f"Name the {what}: a text of at most 200 printable characters.", "required")
    return text


def _event(given: Mapping[str, Any], kind: str) -> dict[str, Any]:
    _known(given, _EVENT_FIELDS)
    event = _name(given.get("event"), "/event", "event, exactly as programs send it")
    aggregate = given.get("aggregate")
    if aggregate not in AGGREGATES:
        raise _Refused("/aggregate", f"Choose one of: {', '.join(AGGREGATES)}.", "not_a_choice")
    named = given.get("property")
    needs = aggregate in ("sum", "distinct")
    if aggregate == "count" and named:
        raise _Refused("/property", "A number of events has no property; leave it out, or choose sum or distinct.")
    made = _name(named, "/property", "property that is aggregated") if named or needs else None
    _check_type(str(aggregate), made, kind)
    return {
        "kind": "event",
        "event": event,
        "aggregate": aggregate,
        "property": made,
        "within_days": _days(given.get("within_days")),
        "where": _wheres(given.get("where")),
    }


def _check_type(aggregate: str, named: str | None, kind: str) -> None:
    if not kind:
        return
    if aggregate in ("count", "sum", "distinct"):
        if kind != AttributeType.NUMBER:
            raise _Refused("/aggregate", f"A {aggregate} is a number; make the attribute's type number.", "wrong_type")
    elif named is None and kind != AttributeType.TIMESTAMP:
        detail = f"Without a property, {aggregate} is when it happened: make the type a moment, or name a property."
        raise _Refused("/property", detail, "wrong_type")
    elif kind == AttributeType.SET:
        raise _Refused(
            "/property", "A property of an event cannot be read as a set; choose another type.", "wrong_type"
        )


def _days(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST_WINDOW:
        detail = f"This must be a whole number of days from 1 to {LONGEST_WINDOW:,}, or nothing for all events."
        raise _Refused("/within_days", detail)
    return value


def _items(value: Any, place: str, most: int, what: str) -> list[Mapping[str, Any]]:
    items = value or []
    if not isinstance(items, list) or len(items) > most or not all(isinstance(one, Mapping) for one in items):
        raise _Refused(place, f"This must be a list of at most {most} {what}.", "wrong_type")
    return items


def _operator(value: Any, place: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed and value not in UNARY:
        listed = ", ".join((*allowed, *sorted(UNARY)))
        raise _Refused(f"{place}/operator", f"Choose one of: {listed}.", "not_a_choice")
    return str(value)


def _wheres(given: Any) -> list[dict[str, Any]]:
    made = []
    for at, one in enumerate(_items(given, "/where", _MOST_WHERES, "conditions with property, operator and value")):
        place = f"/where/{at}"
        _known(one, ("property", "operator", "value"), place)
        named = _name(one.get("property"), f"{place}/property", "property that is asked about")
        operator = _operator(one.get("operator"), place, tuple(name for name in OPERATORS if name != "contains"))
        value = None if operator in UNARY else _plain(one.get("value"), operator, f"{place}/value")
        made.append({"property": named, "operator": operator, "value": value})
    return made


def _plain(value: Any, operator: str, place: str) -> Any:
    """A value that a property of an event can have; its type says how the property is read."""
    if operator == "in":
        items = value if isinstance(value, list) else []
        if not 0 < len(items) <= _MOST_TEXTS or len({_sort(one) for one in items}) != 1:
            raise _Refused(place, "This must be a list of texts, or of numbers.", "wrong_type")
        return [_plain(one, "=", place) for one in items]
    sort = _sort(value)
    if operator in ORDERING and sort != "number":
        raise _Refused(place, "Only a number can be above or below; write a number.", "wrong_type")
    if not sort:
        detail = "A property is asked about by a number, a text, or true or false; what else it may hold is not read."
        raise _Refused(place, detail, "wrong_type")
    return value


def _sort(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number" if math.isfinite(value) and abs(value) <= 2**53 else ""
    return "text" if isinstance(value, str) and len(value) <= 1000 and value.isprintable() else ""


def _number(value: Any, place: str) -> int | float:
    if _sort(value) != "number" or abs(value) > _LARGEST_POINTS:
        raise _Refused(place, "This must be a number, at most a thousand million.", "wrong_type")
    found: int | float = value
    return found


def _score(given: Mapping[str, Any], key: str, kind: str, sensitivity: str) -> dict[str, Any]:
    _known(given, _SCORE_FIELDS)
    if kind and kind != AttributeType.NUMBER:
        raise _Refused("/kind", "A score is a number; make the attribute's type number.", "wrong_type")
    lines = _items(given.get("points"), "/points", _MOST_POINTS, "lines with attribute, operator, value and points")
    if not lines:
        raise _Refused("/points", "A score needs at least one line of points.", "required")
    read = {str(one.get("attribute")) for one in lines}
    known = Attribute.objects.filter(key__in=[name for name in read if could_be_key(name)], retired_at=None)
    others = {one.key: one for one in known}
    made = [_points(one, f"/points/{at}", key, sensitivity, others) for at, one in enumerate(lines)]
    base = _number(given["base"], "/base") if given.get("base") is not None else 0
    return {"kind": "score", "base": base, "points": made}


def _points(
    one: Mapping[str, Any], place: str, key: str, sensitivity: str, others: Mapping[str, Attribute]
) -> dict[str, Any]:
    _known(one, ("attribute", "operator", "value", "points"), place)
    read = others.get(str(one.get("attribute")))
    if one.get("attribute") == key:
        raise _Refused(f"{place}/attribute", "A score cannot read itself; name another attribute.", "itself")
    if read is None:
        raise _Refused(f"{place}/attribute", f"There is no attribute “{str(one.get('attribute'))[:63]}”.", "required")
    if (read.derivation or {}).get("kind") == "score":
        detail = f"“{read.label}” is a score itself. A score reads collected attributes and features only."
        raise _Refused(f"{place}/attribute", detail, "circle")
    if _rank(read.sensitivity) > _rank(sensitivity):
        detail = f"“{read.label}” is more sensitive than this attribute, which would tell of it."
        raise _Refused(f"{place}/attribute", detail, "too_sensitive")
    operator = _operator(one.get("operator"), place, _ASKED[read.type])
    value = None if operator in UNARY else _value(read, operator, one.get("value"), f"{place}/value")
    points = _number(one.get("points"), f"{place}/points")
    return {"attribute": read.key, "operator": operator, "value": value, "points": points}


def _value(read: Attribute, operator: str, value: Any, place: str) -> Any:
    try:
        if operator == "in":
            return [_typed(read, one) for one in _texts(value, place)]
        return _typed(read, value)
    except ValueRefused as refused:
        raise _Refused(place, f"{read.label}: {refused.detail}", refused.code) from None


def _texts(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_TEXTS:
        raise _Refused(place, f"This must be a list of 1 to {_MOST_TEXTS} texts.", "wrong_type")
    return value


def _typed(read: Attribute, value: Any) -> Any:
    kind = AttributeType.TEXT if read.type == AttributeType.SET else read.type
    if value is None:
        raise ValueRefused("required", "Name the value that earns the points.")
    return typed_value(kind, read.choices, value, strict=True)


def _check_readers(key: str, kind: str, sensitivity: str, made: Mapping[str, Any] | None) -> None:
    """Scores that read this attribute must go on making sense."""
    if not could_be_key(key):
        return
    for score in Attribute.objects.filter(derivation__kind="score").exclude(key=key).order_by("key"):
        card = read_derivation(score.derivation or {})
        if not isinstance(card, ScoreDerivation) or key not in attributes_read(card):
            continue
        remedy = f"Take it out of “{score.label}” first."
        if made is not None and made["kind"] == "score":
            raise _Refused(
                "/kind", f"“{score.label}” reads this attribute, and no score reads a score. {remedy}", "circle"
            )
        if kind and Attribute.objects.filter(key=key).exclude(type=kind).exists():
            raise _Refused("", f"“{score.label}” asks about values of the type that it has now. {remedy}", "compared")
        if _rank(sensitivity) > _rank(score.sensitivity):
            raise _Refused("", f"“{score.label}”, less sensitive, reads this attribute. {remedy}", "too_sensitive")


def _rank(sensitivity: str) -> int:
    return Sensitivity.values.index(sensitivity) if sensitivity in Sensitivity.values else 0


def derivation_sentence(derivation: Mapping[str, Any] | None) -> str:
    """The checked or stored derivation as a sentence; empty for what is collected."""
    if not derivation:
        return ""
    read = read_derivation(derivation)
    labels = dict(Attribute.objects.filter(key__in=attributes_read(read)).values_list("key", "label"))
    return f"{derivation_words(read, lambda key: labels.get(key, key))}."
