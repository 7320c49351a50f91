"""The content of a playbook: its sections, their shapes, and what is missing."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from common.shapes import Shape

TEXTS = ("why", "values", "value_proposition", "pricing")
ROWS: dict[str, tuple[str, str]] = {
    "messages": ("audience", "text"),
    "channels": ("channel", "guidance"),
    "objections": ("objection", "answer"),
    "decision_makers": ("role", "concern"),
    "triggers": ("trigger", "response"),
    "next_steps": ("step", "done_when"),
}
LISTS = ("dos", "donts")
# Without these a representative has nothing to go by.
REQUIRED = ("why", "values", "value_proposition")
LABELS = {
    "why": "Why this segment exists",
    "values": "What it values",
    "value_proposition": "What we offer",
    "messages": "What to say",
    "channels": "Where to reach them",
    "pricing": "Price",
    "objections": "Objections and answers",
    "decision_makers": "Who decides",
    "triggers": "When something happens",
    "next_steps": "What to do now",
    "dos": "Do",
    "donts": "Do not",
}


@dataclasses.dataclass(frozen=True)
class CheckedContent:
    """Content in its one written form, with what a reader would miss."""

    content: dict[str, Any]
    warnings: list[str]


def checked(given: Mapping[str, Any]) -> CheckedContent:
    """The content, normalised. Raises `Invalid` with a pointer per fault; empty optional sections become warnings."""
    shape = Shape(given, (*TEXTS, *ROWS, *LISTS))
    content: dict[str, Any] = {name: shape.text(name, required=name in REQUIRED) for name in TEXTS}
    content.update({name: shape.rows(name, columns) for name, columns in ROWS.items()})
    content.update({name: shape.lines(name) for name in LISTS})
    shape.refuse("The playbook cannot be read as it stands.")
    warnings = [f"The section “{LABELS[name]}” is empty." for name in (*TEXTS, *ROWS, *LISTS) if not content[name]]
    return CheckedContent(content, warnings)
