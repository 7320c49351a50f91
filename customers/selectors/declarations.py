"""Checks what somebody declares of an attribute's values: that it fits the type, and other attributes."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from customers.choices import ORDERED_TYPES, AttributeType, Sensitivity
from customers.models import Attribute
from customers.rows import ValueRefused, could_be_key, limit_words, ordered_value, typed_value

DECLARED: Final = ("minimum", "maximum", "is_whole", "is_always_known", "not_before")
Report = Callable[[str, str, str], None]


def checked_declarations(
    content: Mapping[str, Any], *, key: str, kind: str, sensitivity: str, report: Report
) -> dict[str, Any]:
    """The declared facts in their one form; `kind` is the attribute's type, "" when it is unknown.

    `report` takes field, detail and code of each fault: limits that the type cannot have or that are no values of it,
    a minimum above the maximum, a fraction for whole numbers, another attribute that is missing, of another type, more
    sensitive, the attribute itself, or one that is never before this one.
    """
    made: dict[str, Any] = {name: _flag(content, name, report) for name in ("is_whole", "is_always_known")}
    if made["is_whole"] and kind not in (AttributeType.NUMBER, ""):
        report("is_whole", "Only a number can be whole; leave it out or change the type.", "wrong_type")
    for name in ("minimum", "maximum"):
        made[name] = _limit(content.get(name), name, kind, made["is_whole"], report)
    low, high = ordered_value(kind, made["minimum"]), ordered_value(kind, made["maximum"])
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        detail = f"The minimum, {limit_words(low)}, is above the maximum, {limit_words(high)}. Turn them round."
        report("minimum", detail, "above_maximum")
    made["not_before"] = _earlier(content.get("not_before"), key, kind, sensitivity, report)
    _check_later(key, kind, sensitivity, report)
    return made


def _flag(content: Mapping[str, Any], name: str, report: Report) -> bool:
    value = content.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    report(name, "This must be true or false.", "wrong_type")
    return False


def _limit(value: Any, name: str, kind: str, is_whole: bool, report: Report) -> Any:
    """The limit in the stored form of its type; None when there is none, or it is at fault."""
    if value is None or value == "" or not kind:
        return None
    if kind not in ORDERED_TYPES:
        report(name, f"Only numbers, dates and moments have a {name}; leave it out.", "wrong_type")
        return None
    try:
        stored = typed_value(kind, (), value, strict=True)
    except ValueRefused as refused:
        report(name, refused.detail, refused.code)
        return None
    if is_whole and isinstance(stored, float) and not stored.is_integer():
        detail = f"The {name} {limit_words(stored)} has a fraction, but the values are whole numbers. Round it."
        report(name, detail, "not_whole")
        return None
    return stored


def _earlier(value: Any, key: str, kind: str, sensitivity: str, report: Report) -> str | None:
    """The key of the attribute whose value this one's is never before."""
    if not value:
        return None

    def refuse(detail: str, code: str) -> None:
        report("not_before", detail, code)

    other = _attribute(value)
    if value == key:
        refuse("An attribute cannot be compared with itself; name another one.", "itself")
    elif other is None:
        refuse(f"There is no attribute “{str(value)[:63]}”.", "unknown_attribute")
    elif kind and (kind not in ORDERED_TYPES or other.type != kind):
        needed = f"“{other.label}” is a {other.get_type_display().lower()}"
        refuse(f"{needed}; only two numbers, two dates or two moments can be compared.", "wrong_type")
    elif _rank(other.sensitivity) > _rank(sensitivity):
        refuse(f"“{other.label}” is more sensitive than this attribute, which would tell of it.", "too_sensitive")
    elif circle := _circle(other, key):
        way = " is never before ".join(f"“{label}”" for label in circle)
        refuse(f"This would close a circle: {way}, which is never before this one.", "circle")
    else:
        return other.key
    return None


def _attribute(key: Any) -> Attribute | None:
    if not isinstance(key, str) or not could_be_key(key):
        return None
    return Attribute.objects.filter(key=key, retired_at=None).first()


def _circle(start: Attribute, key: str) -> list[str]:
    """The labels on the way from `start` by what each is never before, if it leads to `key`."""
    linked = Attribute.objects.exclude(not_before=None).values_list("key", "not_before__key", "not_before__label")
    links = {here: (there, label) for here, there, label in linked}
    way, here = [start.label], start.key
    while here in links and len(way) <= len(links):
        here, label = links[here]
        if here == key:
            return way
        way.append(label)
    return []


def _check_later(key: str, kind: str, sensitivity: str, report: Report) -> None:
    """What others declare against this attribute must go on making sense."""
    for later in Attribute.objects.filter(not_before__key=key).order_by("key") if could_be_key(key) else ():
        remedy = f"Take that fact from “{later.label}” first."
        if kind and later.type != kind:
            report("type", f"“{later.label}” is declared never to be before this attribute. {remedy}", "compared")
        if _rank(sensitivity) > _rank(later.sensitivity):
            report("sensitivity", f"“{later.label}”, less sensitive, is compared with this one. {remedy}", "compared")


def _rank(sensitivity: str) -> int:
    return Sensitivity.values.index(sensitivity) if sensitivity in Sensitivity.values else 0
