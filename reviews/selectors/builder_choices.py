"""What can be chosen in the editor of a rule: attributes and segments, found by any of their words."""

from dataclasses import dataclass
from typing import Any

from customers.choices import AttributeType, Dimension
from customers.selectors import AttributeLine, attribute_lines_for
from taxonomy.selectors import tree_for

MOST = 40


@dataclass(frozen=True)
class Choice:
    """One option: what it is called, its key, what it says, small facts beside it; `fill` from 0 to 1 where known."""

    key: str
    label: str
    description: str
    facts: tuple[str, ...]
    fill: float | None = None


def attribute_choices(viewer: Any, text: str = "", type_: str = "", without: str = "") -> list[Choice]:
    """The attributes that the viewer may use and whose words hold all that was typed, the likeliest first."""
    found = [
        _choice(line)
        for line in attribute_lines_for(viewer=viewer)
        if (not type_ or line.attribute.type == type_)
        and line.attribute.key != without
        and line.attribute.retired_at is None
    ]
    return _narrowed(found, text)


def _choice(line: AttributeLine) -> Choice:
    row = line.attribute
    kind = AttributeType(row.type).label.lower()
    facts = (Dimension(row.dimension).label if row.dimension else "", f"{kind}, {row.unit}" if row.unit else kind)
    return Choice(row.key, row.label or row.key, row.description, facts, line.quality.rate)


def segment_choices(viewer: Any, text: str = "") -> list[Choice]:
    """The segments in use that the viewer may read and whose words hold all that was typed."""
    found = [Choice(row.key, row.name, row.meaning, (row.tier.replace("_", "-"),)) for row in tree_for(viewer)]
    return _narrowed(found, text)


def _narrowed(choices: list[Choice], text: str) -> list[Choice]:
    words = text.casefold().split()

    def heap(choice: Choice) -> str:
        return " ".join((choice.label, choice.key, choice.description, *choice.facts)).casefold()

    def rank(choice: Choice) -> tuple[bool, bool, str]:
        named = f"{choice.label} {choice.key}".casefold()
        begins = bool(words) and (choice.label.casefold().startswith(words[0]) or choice.key.startswith(words[0]))
        return not begins, not all(word in named for word in words), choice.label.casefold()

    return sorted((one for one in choices if all(word in heap(one) for word in words)), key=rank)[:MOST]
