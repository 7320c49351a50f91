"""Trying values: the page of a segment's thresholds, and the same beside a rule that is being written."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common.errors import DomainError, Invalid
from common.looks.figures import nice_ceiling
from common.web import is_htmx
from memberships.selectors.masked_whatifs import ShownPoint, ShownWhatIf, threshold_at, what_if_for
from memberships.web.parts import segment_page
from taxonomy.policies import segments
from taxonomy.rules import Rule, to_text
from taxonomy.rules.thresholds import value_as_json, value_from, with_value
from taxonomy.selectors import rule_catalogue, rule_reading_for
from taxonomy.selectors.catalogue import stored_rule
from taxonomy.selectors.named_values import Threshold, place_of, thresholds_of


@dataclass(frozen=True)
class Curve:
    """One line over the values: its points in a box of 1000 by 100 with zero at the bottom, and its largest figure."""

    title: str
    unit: str
    points: str
    top: float
    marks: list[tuple[float, float]]


@require_GET
def thresholds(request: HttpRequest, key: str) -> HttpResponse:
    """What other values of a segment's thresholds would do to its size and value."""
    context = segment_page(request.user, key, "Thresholds")
    version, parent = context["version"], context["segment"].parent
    rule = stored_rule(version.rule)
    context |= _tried(request.user, request.GET, rule, parent.key if parent else None, version.thresholds)
    context["links"] = _links(key if context["segment"].status == "active" else "", context.get("found"))
    template = "memberships/thresholds.html"
    return render(request, f"{template}#what-if" if is_htmx(request) else template, context)


@require_POST
def try_rule(request: HttpRequest) -> HttpResponse:
    """The same for a rule that somebody writes; nothing is stored."""
    segments.require(request.user, "view")
    parent, template = request.POST.get("parent") or None, "memberships/thresholds.html#what-if"
    try:
        rule = rule_reading_for(request.user, request.POST.get("rule", ""), parent).rule
        changed = _with_value(rule, request.POST)
    except DomainError as refused:
        return render(request, template, {"refused": refused.detail})
    context = _tried(request.user, request.POST, changed, parent, ()) | {"is_draft": True}
    found: ShownWhatIf | None = context.get("found")
    context["links"] = [(point, str(value_as_json(point.value))) for point in found.points] if found else []
    return render(request, template, context | {"new_text": to_text(changed) if changed != rule else ""})


def _with_value(rule: Rule, asked: Any) -> Rule:
    """The rule with the value that was chosen, if one was."""
    place = place_of(asked.get("threshold", ""))
    if not asked.get("value") or place is None:
        return rule
    kind = threshold_at(rule, place).candidate.kind
    try:
        return with_value(rule, place, value_from(kind, asked["value"]))
    except ValueError as wrong:
        raise Invalid(str(wrong), pointer="/value") from wrong


def _tried(viewer: Any, asked: Any, rule: Rule, parent_key: str | None, stored: Any) -> dict[str, Any]:
    """The thresholds that can be tried, the chosen one with its curve; or why there is none."""
    choices = thresholds_of(stored, rule, rule_catalogue())
    chosen = _chosen(choices, asked.get("threshold", ""))
    if chosen is None:
        return {"choices": choices}
    context: dict[str, Any] = {"choices": choices, "chosen": chosen}
    try:
        found = what_if_for(
            viewer,
            rule,
            chosen.candidate.place,
            parent_key=parent_key,
            stored=stored,
            measure=asked.get("measure") or None,
        )
    except DomainError as refused:
        return context | {"refused": refused.detail}
    return context | {"found": found, "curves": _curves(found), "ticks": _ticks(found)}


def _chosen(choices: list[Threshold], text: str) -> Threshold | None:
    """The value that the address names, or the first."""
    place = place_of(text)
    return next((each for each in choices if each.candidate.place == place), choices[0] if choices else None)


def _links(key: str, found: ShownWhatIf | None) -> list[tuple[ShownPoint, str]]:
    """Each point with the address of the form that proposes its value."""
    if found is None:
        return []
    base = {"type": "segment", "kind": "change", "key": key, "threshold": found.threshold.place_text}
    start = reverse("reviews:request-new")
    return [
        (point, f"{start}?{urlencode({**base, 'value': value_as_json(point.value)})}" if key else "")
        for point in found.points
    ]


def _curves(found: ShownWhatIf) -> list[Curve]:
    sizes = [float(point.members) if isinstance(point.members, int) else 0.0 for point in found.points]
    curves = [_curve("Members", "", sizes)]
    if found.measure:
        curves.append(_curve(f"{found.measure_label}, sum", found.unit, [point.total or 0.0 for point in found.points]))
    return curves


def _ticks(found: ShownWhatIf) -> list[tuple[float, str]]:
    """Up to five values with their places below a curve: the places are even, the values need not be."""
    last = len(found.points) - 1
    places = sorted({round(last * quarter / 4) for quarter in range(5)})
    return [(100 * place / max(last, 1), found.points[place].words) for place in places]


def _curve(title: str, unit: str, values: list[float]) -> Curve:
    """The line; figures below zero lie on the baseline, and the table says what they are."""
    top = nice_ceiling(max(values, default=0.0))
    width = max(len(values) - 1, 1)
    marks = [
        (round(100 * place / width, 2), round(100 - 100 * max(value, 0.0) / top, 2) if top else 100.0)
        for place, value in enumerate(values)
    ]
    return Curve(title, unit, " ".join(f"{x * 10:g},{y:g}" for x, y in marks), top, marks)
