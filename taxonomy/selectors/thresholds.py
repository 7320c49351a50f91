"""Checks the names that somebody gives to values of a rule."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from common.errors import DomainError
from common.keys import check_key
from common.texts import clean_text
from taxonomy.rules import Rule
from taxonomy.rules.thresholds import OPERATORS, Candidate, Place, candidate_at, candidates, value_as_json

MOST = 20
FIELDS = ("name", "label", "attribute", "operator", "occurrence", "kind", "value")
LABEL_LENGTH = 60
Finding = dict[str, Any]
Stored = dict[str, Any]


def checked_thresholds(given: Any, rule: Rule, findings: list[Finding]) -> list[Stored]:
    """The thresholds in their one written form, each with the value that the rule has; faults go to `findings`.

    The rule's text is the truth: `value` is what it says, whatever was given. A value given helps to find the place
    again when the rule was written in another order.
    """
    if given in (None, []):
        return []
    if not isinstance(given, list) or len(given) > MOST:
        findings.append(_finding("wrong_type", f"Thresholds are a list of at most {MOST} objects.", ""))
        return []
    found = [written for position, item in enumerate(given) if (written := _checked(item, position, rule, findings))]
    _refuse_repeats(found, given, findings)
    return found


def _checked(item: Any, position: int, rule: Rule, findings: list[Finding]) -> Stored | None:
    at = f"/{position}"
    if not isinstance(item, Mapping):
        findings.append(_finding("wrong_type", f"A threshold is an object: {', '.join(FIELDS[:5])}.", at))
        return None
    before = len(findings)
    findings += [
        _finding("unknown_field", f"A threshold has no field {field}.", f"{at}/{field}")
        for field in item
        if field not in FIELDS
    ]
    label = _label(item.get("label"), at, findings)
    _check_name(item.get("name"), at, findings)
    place = _written_place(item, at, findings)
    candidate = _candidate(rule, place, item.get("value")) if place else None
    if place and candidate is None:
        findings.append(_finding("no_such_value", _gone(label or str(item.get("name")), place, rule), at))
    if len(findings) > before or candidate is None or place is None:
        return None
    named = {"name": item["name"], "label": label, **dataclasses.asdict(candidate.place)}
    return {**named, "kind": candidate.kind, "value": value_as_json(candidate.value)}


def _label(given: Any, at: str, findings: list[Finding]) -> str:
    try:
        return clean_text(given, pointer=f"/thresholds{at}/label", max_length=LABEL_LENGTH)
    except DomainError as refused:
        findings.extend(refused.errors)
        return ""


def _check_name(given: Any, at: str, findings: list[Finding]) -> None:
    try:
        check_key(given, f"/thresholds{at}/name")
    except DomainError as refused:
        findings.extend(refused.errors)


def _written_place(item: Mapping[str, Any], at: str, findings: list[Finding]) -> Place | None:
    attribute, operator, occurrence = item.get("attribute"), item.get("operator"), item.get("occurrence", 1)
    if not isinstance(attribute, str) or not attribute:
        findings.append(_finding("required", "Name the attribute that the value belongs to.", f"{at}/attribute"))
    elif operator not in OPERATORS:
        findings.append(_finding("unknown_operator", f"Choose one of {' '.join(OPERATORS)}.", f"{at}/operator"))
    elif isinstance(occurrence, bool) or not isinstance(occurrence, int) or not 1 <= occurrence <= 1000:
        findings.append(_finding("wrong_type", "Count the occurrences from 1.", f"{at}/occurrence"))
    else:
        return Place(attribute, operator, occurrence)
    return None


def _candidate(rule: Rule, place: Place, value: Any) -> Candidate | None:
    """The value that the place names; one of the same kind that says what this one said comes first."""
    alike = [
        found
        for found in candidates(rule)
        if (found.place.attribute, found.place.operator) == (place.attribute, place.operator)
    ]
    same = [found for found in alike if value is not None and value_as_json(found.value) == value]
    if len(same) == 1:
        return same[0]
    return candidate_at(rule, place)


def _gone(label: str, place: Place, rule: Rule) -> str:
    alike = sum(found.place.attribute == place.attribute for found in candidates(rule))
    time = f", time {place.occurrence}" if place.occurrence > 1 else ""
    rest = f"It compares {place.attribute} {alike} times in other ways." if alike else ""
    said = f"The rule has no value any more where “{label}” stood ({place.attribute} {place.operator}{time})."
    return f"{said} {rest} Give the name to another value, or take it away.".replace("  ", " ")


def _refuse_repeats(found: list[Stored], given: list[Any], findings: list[Finding]) -> None:
    """No two thresholds with one name, one label or one place."""
    if len(found) < len(given):
        return
    for position, item in enumerate(found):
        for earlier in found[:position]:
            findings += [_finding("repeated", fault, f"/{position}") for fault in _clashes(item, earlier)]


def _clashes(item: Stored, earlier: Stored) -> Iterator[str]:
    if item["name"] == earlier["name"]:
        yield f"Two thresholds have the name {item['name']}."
    if item["label"].casefold() == earlier["label"].casefold():
        yield f"Two thresholds are called “{item['label']}”; readers will mix them up."
    if _place(item) == _place(earlier):
        yield f"“{earlier['label']}” and “{item['label']}” name the same value."


def _place(item: Mapping[str, Any]) -> Place:
    return Place(item["attribute"], item["operator"], item["occurrence"])


def _finding(code: str, detail: str, pointer: str) -> Finding:
    return {"code": code, "detail": detail, "pointer": f"/thresholds{pointer}"}
