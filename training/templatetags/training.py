"""Small filters of the walkthrough's pages."""

from typing import Any

from django import template

from taxonomy.rules import Explanation
from training.selectors import StepPage

register = template.Library()


@register.filter
def back_link(page: StepPage, here: str) -> str:
    """The address of the step before, empty on the first."""
    return f"{here}?step={page.index}" if page.index else ""


@register.filter
def given_words(page: StepPage) -> str:
    """The answer in words."""
    given = page.answer["given"] if page.answer else None
    if page.step["kind"] == "choose" and isinstance(given, int):
        return str(page.step["choices"][given]["text"])
    return "in the segment" if given == "in" else "not in the segment"


@register.filter
def as_rule_tree(explanation: Explanation) -> dict[str, Any]:
    """The explanation as the rule tree component takes it."""
    joiner = {"or": "Any of these", "not": "None of these"}.get(explanation.kind, "All of these")
    if explanation.children:
        return {
            "joiner": joiner,
            "truth": explanation.result,
            "children": [as_rule_tree(c) for c in explanation.children],
        }
    return {"words": explanation.words or explanation.text, "truth": explanation.result}
