"""The content of a brief with its walkthrough: sections, steps, their shapes."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from common.errors import Invalid
from common.shapes import Shape

TEXTS = ("rationale", "data_sources", "rule_explained", "how_to_use")
LISTS = ("dos", "donts")
LABELS = {
    "rationale": "Why this segment exists",
    "data_sources": "Where the data comes from",
    "rule_explained": "The rule explained",
    "how_to_use": "How to use it",
    "dos": "Do",
    "donts": "Do not",
}
MOST_STEPS = 30
_FIELDS = {
    "read": ("kind", "title", "body"),
    "choose": ("kind", "title", "question", "choices"),
    "classify": ("kind", "title", "question", "customer", "in_feedback", "out_feedback"),
}


@dataclasses.dataclass(frozen=True)
class CheckedContent:
    """Content in its one written form, with what a reader would miss."""

    content: dict[str, Any]
    warnings: list[str]


def checked(given: Mapping[str, Any], known_attributes: frozenset[str]) -> CheckedContent:
    """The content, normalised. Raises `Invalid` with a pointer per fault; empty lists become warnings."""
    shape = Shape(given, (*TEXTS, *LISTS, "walkthrough"))
    content: dict[str, Any] = {name: shape.text(name) for name in TEXTS}
    content.update({name: shape.lines(name) for name in LISTS})
    faults: list[dict[str, Any]] = []
    content["walkthrough"] = _walkthrough(
        given.get("walkthrough") if isinstance(given, Mapping) else None, known_attributes, faults
    )
    for fault in faults:
        shape.add(fault["pointer"], fault["detail"], fault["code"])
    shape.refuse("The brief cannot be read as it stands.")
    warnings = [f"The section “{LABELS[name]}” is empty." for name in LISTS if not content[name]]
    kinds = {step["kind"] for step in content["walkthrough"]["steps"]}
    if not kinds & {"choose", "classify"}:
        warnings.append("The walkthrough asks nothing: a newcomer only reads.")
    return CheckedContent(content, warnings)


def _walkthrough(given: Any, known: frozenset[str], faults: list[dict[str, Any]]) -> dict[str, Any]:
    if not isinstance(given, Mapping) or not isinstance(given.get("steps"), list) or not given["steps"]:
        faults.append(_fault("/walkthrough", "A walkthrough has a title, minutes and at least one step."))
        return {"title": "", "minutes": 0, "steps": []}
    head = Shape(given, ("title", "minutes", "steps"))
    title = head.text("title", max_length=120, lines=False)
    minutes = given.get("minutes")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= 240:
        head.add("/minutes", "Whole minutes from 1 to 240.")
        minutes = 0
    if len(given["steps"]) > MOST_STEPS:
        head.add("/steps", f"At most {MOST_STEPS} steps.")
    _gather(head, "/walkthrough", faults)
    steps = [
        _step(step, f"/walkthrough/steps/{place}", known, faults)
        for place, step in enumerate(given["steps"][:MOST_STEPS])
    ]
    return {"title": title, "minutes": minutes, "steps": steps}


def _step(given: Any, pointer: str, known: frozenset[str], faults: list[dict[str, Any]]) -> dict[str, Any]:
    kind = given.get("kind") if isinstance(given, Mapping) else None
    if kind not in _FIELDS:
        faults.append(_fault(f"{pointer}/kind", f"A step is one of: {', '.join(_FIELDS)}."))
        return {"kind": "read", "title": "", "body": ""}
    shape = Shape(given, _FIELDS[kind])
    step: dict[str, Any] = {"kind": kind, "title": shape.text("title", max_length=120, lines=False)}
    if kind == "read":
        step["body"] = shape.text("body", max_length=8_000)
    else:
        step["question"] = shape.text("question", max_length=2_000)
    if kind == "choose":
        step["choices"] = _choices(given.get("choices"), shape)
    if kind == "classify":
        step["customer"] = _customer(given.get("customer"), known, shape)
        step["in_feedback"] = shape.text("in_feedback", max_length=2_000)
        step["out_feedback"] = shape.text("out_feedback", max_length=2_000)
    _gather(shape, pointer, faults)
    return step


def _choices(given: Any, shape: Shape) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not 2 <= len(given) <= 8:
        shape.add("/choices", "Two to eight choices.")
        return []
    found: list[dict[str, Any]] = []
    for place, choice in enumerate(given):
        if not isinstance(choice, Mapping) or not isinstance(choice.get("right"), bool):
            shape.add(f"/choices/{place}", "A choice has text, feedback and right (true or false).")
            continue
        inner = Shape(choice, ("text", "feedback", "right"))
        faults: list[dict[str, Any]] = []
        row = {"text": inner.text("text", max_length=500), "feedback": inner.text("feedback", max_length=2_000)}
        _gather(inner, f"/choices/{place}", faults)
        for fault in faults:
            shape.add(fault["pointer"], fault["detail"], fault["code"])
        found.append({**row, "right": choice["right"]})
    if sum(choice["right"] for choice in found) != 1:
        shape.add("/choices", "Exactly one choice is right.")
    return found


def _customer(given: Any, known: frozenset[str], shape: Shape) -> dict[str, Any]:
    if not isinstance(given, Mapping) or not given:
        shape.add("/customer", "Give the made-up customer at least one attribute.")
        return {}
    for key in given:
        if key not in known:
            shape.add(f"/customer/{key}", f"There is no attribute “{key}”.", "unknown_attribute")
    return dict(given)


def _fault(pointer: str, detail: str) -> dict[str, Any]:
    return {"code": "wrong_shape", "detail": detail, "pointer": pointer}


def _gather(shape: Shape, pointer: str, faults: list[dict[str, Any]]) -> None:
    """Move what `shape` found below `pointer` into `faults`."""
    try:
        shape.refuse("")
    except Invalid as refused:
        faults.extend({**item, "pointer": f"{pointer}{item['pointer']}"} for item in refused.errors)
