"""The steps of a walkthrough as people type them: choices and made-up customers, one per line."""

import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

STEP_FIELDS = SimpleNamespace(
    help=(
        "To choose: one choice per line, the right one begins with *, the feedback follows after two colons. "
        "In or out: the customer as one attribute = value per line; the live rule gives the right answer."
    ),
    kinds=[("read", "Read"), ("choose", "Choose"), ("classify", "In or out?")],
    columns={
        "kind": "Kind",
        "title": "Title",
        "text": "Text or question",
        "choices": "Choices",
        "customer": "Customer",
        "in_feedback": "Said when they are in",
        "out_feedback": "Said when they are out",
    },
)
"""What a step's row holds."""


def choices_text(choices: Sequence[Mapping[str, Any]]) -> str:
    """Choices as lines: `* the right one :: why`."""
    return "\n".join(
        f"{'* ' if each.get('right') else ''}{each.get('text')} :: {each.get('feedback')}" for each in choices
    )


def choices_from(text: str) -> list[dict[str, Any]]:
    """The choices that the lines mean."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        words, _, feedback = line.partition("::")
        found.append(
            {"text": words.removeprefix("*").strip(), "feedback": feedback.strip(), "right": words.startswith("*")}
        )
    return found


def customer_text(customer: Mapping[str, Any]) -> str:
    """A made-up customer as lines: `attribute = value`, values as in JSON, texts bare."""
    return "\n".join(
        f"{key} = {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in customer.items()
    )


def customer_from(text: str) -> dict[str, Any]:
    """The customer that the lines mean."""
    found: dict[str, Any] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        key, _, value = line.partition("=")
        try:
            found[key.strip()] = json.loads(value.strip(), parse_constant=str)
        except ValueError:
            found[key.strip()] = value.strip()
    return found


def step_content(row: Mapping[str, str], choices: list[dict[str, Any]], customer: dict[str, Any]) -> dict[str, Any]:
    """One step as its kind stores it."""
    kind = row["kind"].strip().lower()
    step: dict[str, Any] = {"kind": kind, "title": row["title"]}
    if kind == "choose":
        return {**step, "question": row["text"], "choices": choices}
    if kind == "classify":
        feedback = {name: row[name] for name in ("in_feedback", "out_feedback")}
        return {**step, "question": row["text"], "customer": customer, **feedback}
    return {**step, "body": row["text"]}
