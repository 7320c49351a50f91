"""Lays the content of a playbook out in the order in which a representative needs it."""

import dataclasses
from typing import Any

from playbooks.content import LABELS, LISTS, ROWS, TEXTS

# First what to do and say, then why.
ORDER = ("next_steps", "messages", "objections", "triggers", "decision_makers", "channels", "value_proposition",
         "pricing", "dos", "donts", "values", "why")  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Section:
    """One section: `form` is text, rows or list."""

    name: str
    label: str
    form: str
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()


def sections_of(content: dict[str, Any]) -> list[Section]:
    """The sections that hold something."""
    found: list[Section] = []
    for name in ORDER:
        value = content.get(name)
        if not value:
            continue
        if name in TEXTS:
            found.append(Section(name, LABELS[name], "text", text=value))
        elif name in LISTS:
            found.append(Section(name, LABELS[name], "list", items=tuple(value)))
        else:
            first, second = ROWS[name]
            found.append(Section(name, LABELS[name], "rows", rows=tuple((row[first], row[second]) for row in value)))
    return found
