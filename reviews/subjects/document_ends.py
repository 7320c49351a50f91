"""The end of a playbook or a brief under review: out of use, readable as it was, with the one to read instead."""

from collections.abc import Callable
from typing import Any

from common.errors import Invalid
from reviews.choices import CheckStatus
from reviews.subjects.base import Check, Content, Difference
from taxonomy import selectors as taxonomy


def ending_content(given: Content) -> Content:
    """What is proposed of an end: its successor, or none."""
    return {"successor": given.get("successor") or None}


def successor_check(noun: str, key: str, successor: Any, live_content: Callable[[str], Any]) -> Check:
    """Who takes its place. Raises Invalid for what is not another segment with one in force."""
    if successor is None:
        remedy = f"Name the segment whose {noun} to read instead, if any."
        return Check("Successor", CheckStatus.WARN, "No successor is named.", remedy)
    if not isinstance(successor, str) or successor == key or live_content(successor) is None:
        raise Invalid(
            f"“{successor}” cannot succeed: it is not another segment with a {noun} in force.",
            code="unknown_successor",
            pointer="/proposed/successor",
        )
    return Check("Successor", CheckStatus.PASS, f"Readers are sent to the {noun} of {_name(successor)}.")


def difference_of_end(new: Content) -> list[Difference]:
    """The status that it gets."""
    successor = new.get("successor")
    named = f"succeeded by that of {_name(successor)}" if successor else "without a successor"
    return [Difference("status", "Status", "changed", "in force", f"retired, {named}")]


def _name(segment_key: str) -> str:
    heading = taxonomy.headings([segment_key]).get(segment_key)
    return f"{heading.name} ({segment_key})" if heading else segment_key
