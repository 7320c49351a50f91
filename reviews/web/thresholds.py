"""Names for the values of a rule that is being written, and the form that begins with another value."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST

from common.errors import DomainError, Invalid
from memberships.selectors import what_if_for
from taxonomy.policies import segments
from taxonomy.rules import Rule, to_text
from taxonomy.rules.thresholds import value_from, with_value
from taxonomy.selectors import rule_catalogue, rule_reading_for
from taxonomy.selectors.catalogue import read_rule
from taxonomy.selectors.named_values import Threshold, place_of, thresholds_of
from taxonomy.selectors.thresholds import checked_thresholds

Content = dict[str, Any]


@dataclass(frozen=True)
class Naming:
    """The values of a rule with their names, and the names whose value is not there.

    Those are carried along: a value that was overwritten for a moment, or a rule that cannot be read while it is being
    typed, must not cost its name.
    """

    rows: list[Threshold]
    carried: list[Content]
    is_readable: bool = True

    @property
    def lost(self) -> list[str]:
        """The labels of names that the rule as it stands has no value for."""
        return [str(item.get("label", "")) for item in self.carried] if self.is_readable else []


def naming_of(rule: Rule | None, stored: Sequence[Mapping[str, Any]]) -> Naming:
    """What the part of the form shows for a rule and the names given so far; nothing while the rule cannot be read."""
    if rule is None:
        return Naming([], [dict(item) for item in stored], is_readable=False)
    kept: list[Content] = []
    lost: list[Content] = []
    for item in stored:
        kept += (fitting := checked_thresholds([dict(item)], rule, []))
        lost += [] if fitting else [dict(item)]
    return Naming(thresholds_of(kept, rule, rule_catalogue()), lost)


def fitting(text: str, stored: list[Content]) -> list[Content]:
    """The names that a form proposes: without those that its page said would be left out."""
    naming = naming_of_text(text, stored)
    return [item for item in stored if item not in naming.carried] if naming.is_readable else stored


def naming_of_text(text: Any, stored: Sequence[Mapping[str, Any]]) -> Naming:
    """The same for the rule's text."""
    rule: Rule | None = None
    with suppress(DomainError):
        rule = read_rule(text, rule_catalogue()) if isinstance(text, str) and text.strip() else None
    return naming_of(rule, stored)


def given_thresholds(data: Mapping[str, Any]) -> list[Content] | None:
    """The names as the fields of a form hold them; None where the form does not show them."""
    if not isinstance(data, QueryDict) or "threshold_place" not in data:
        return None
    columns = [data.getlist(f"threshold_{part}") for part in ("place", "name", "label", "value")]
    found: list[Content] = []
    for place_text, name, label, value in zip(*columns, strict=False):
        place = place_of(place_text)
        if place is None or not label.strip():
            continue
        given = {"attribute": place.attribute, "operator": place.operator, "occurrence": place.occurrence}
        named = {"name": name or _key_for(label, [item["name"] for item in found]), "label": label.strip(), **given}
        found.append(named | ({"value": _number(value)} if value else {}))
    return found


@require_POST
def thresholds(request: HttpRequest) -> HttpResponse:
    """The part of the form for the rule as it is being written."""
    segments.require(request.user, "view")
    text, stored = request.POST.get("rule", ""), given_thresholds(request.POST) or []
    rule = None
    with suppress(DomainError):
        rule = rule_reading_for(request.user, text, request.POST.get("parent") or None).rule
    context = {"naming": naming_of(rule, stored), "is_unreadable": rule is None and bool(text.strip())}
    return render(request, "reviews/thresholds.html#rows", context)


def begun_with_value(viewer: Any, query: Mapping[str, Any], content: Content) -> tuple[Content, Content]:
    """The content with the value that the address proposes, and the reason half written; as they are without one."""
    place = place_of(str(query.get("threshold", "")))
    if place is None or not query.get("value") or not content.get("rule"):
        return content, {}
    rule = read_rule(content["rule"], rule_catalogue())
    stored = content.get("thresholds") or []
    threshold = next((each for each in naming_of(rule, stored).rows if each.candidate.place == place), None)
    if threshold is None:
        raise Invalid("The rule has no such value any more. Choose one on the segment's page.", code="no_such_value")
    try:
        value = value_from(threshold.candidate.kind, query["value"])
        changed = with_value(rule, place, value)
    except ValueError as wrong:
        raise Invalid(str(wrong), pointer="/value") from wrong
    words = f"{threshold.title}: {threshold.said(value)} instead of {threshold.words}."
    figures = ""
    with suppress(DomainError):
        figures = _figures(viewer, rule, threshold, value, content)
    rationale = f"{words}{figures}\n\nWhat is wrong with {threshold.words} today, and how we know: "
    return {**content, "rule": to_text(changed)}, {"rationale": rationale}


def _figures(viewer: Any, rule: Rule, threshold: Threshold, value: Any, content: Content) -> str:
    """What the value would do, as its author may know it."""
    found = what_if_for(
        viewer, rule, threshold.candidate.place, parent_key=content.get("parent"), stored=(), values=[value]
    )
    there = next(point for point in found.points if point.value == value)
    told = f" On profile build {found.build} that makes {found.said(there.members)} members"
    told += f" instead of {found.said(found.present.members)}."
    if there.total is not None and found.present.total is not None:
        unit = f" {found.unit}" if found.unit else ""
        told += f" {found.measure_label}: {there.total:,.0f}{unit} instead of {found.present.total:,.0f}{unit}."
    return told


def _key_for(label: str, taken: Sequence[str]) -> str:
    """A key made of the label's letters, and not taken yet."""
    base = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:50] or "threshold"
    return next(key for number in range(1, 1000) if (key := base if number == 1 else f"{base}_{number}") not in taken)


def _number(text: str) -> Any:
    """The value as the thresholds' JSON has it: numbers as numbers."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
