"""One step of a walkthrough, with what was answered and what the rule in force says."""

import dataclasses
from typing import Any

from taxonomy.rules import Explanation
from taxonomy.selectors import rule_catalogue
from training.answers import is_in, why
from training.models import BriefVersion, Progress
from training.policies import ProgressPolicy


@dataclasses.dataclass(frozen=True)
class StepRow:
    """A step in the list on top: where it leads once it is reached."""

    index: int
    title: str
    is_done: bool
    is_current: bool
    is_open: bool


@dataclasses.dataclass(frozen=True)
class StepPage:
    """What the page of one step shows."""

    version: BriefVersion
    progress: Progress
    index: int
    total: int
    step: dict[str, Any]
    rows: list[StepRow]
    minutes_left: int
    answer: dict[str, Any] | None
    feedback: str
    facts: list[tuple[str, Any]]
    explanation: Explanation | None


def progress_for(*, viewer: Any, version: BriefVersion) -> Progress | None:
    """The viewer's progress in a version."""
    return ProgressPolicy().visible(viewer).filter(version=version).first()


def step_page(*, progress: Progress, segment_key: str, index: int) -> StepPage:
    """The step at `index`, held within what the person has reached."""
    version = progress.version
    walkthrough = version.content["walkthrough"]
    steps = walkthrough["steps"]
    index = max(0, min(index, progress.position, len(steps) - 1))
    step, answer = steps[index], progress.answers.get(str(index))
    judged_customer = step["kind"] == "classify" and answer is not None
    return StepPage(
        version=version,
        progress=progress,
        index=index,
        total=len(steps),
        step=step,
        rows=_rows(steps, progress, index),
        minutes_left=max(1, round(walkthrough["minutes"] * (len(steps) - index) / len(steps))),
        answer=answer,
        feedback=_feedback(step, answer, segment_key),
        facts=_facts(step),
        explanation=why(step["customer"], segment_key=segment_key) if judged_customer else None,
    )


def _rows(steps: list[dict[str, Any]], progress: Progress, current: int) -> list[StepRow]:
    return [
        StepRow(place, step["title"], str(place) in progress.answers, place == current, place <= progress.position)
        for place, step in enumerate(steps)
    ]


def _feedback(step: dict[str, Any], answer: dict[str, Any] | None, segment_key: str) -> str:
    if answer is None or step["kind"] == "read":
        return ""
    if step["kind"] == "choose":
        return str(step["choices"][answer["given"]]["feedback"])
    return str(step["in_feedback"] if is_in(step["customer"], segment_key=segment_key) else step["out_feedback"])


def _facts(step: dict[str, Any]) -> list[tuple[str, Any]]:
    """The made-up customer's attributes in the words of the catalogue."""
    if step["kind"] != "classify":
        return []
    catalogue = rule_catalogue()
    found: list[tuple[str, Any]] = []
    for key, value in step["customer"].items():
        facts = catalogue.get(key)
        label = getattr(facts, "label", "") or key
        unit = getattr(facts, "unit", "") or ""
        shown = (
            "yes"
            if value is True
            else "no"
            if value is False
            else ", ".join(value)
            if isinstance(value, list)
            else value
        )
        found.append((label, f"{shown} {unit}".strip() if value is not None else "not known"))
    return found
