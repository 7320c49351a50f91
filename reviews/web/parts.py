"""What the parts of the request page add to its context; each owner of a part adds one function to the list."""

from collections.abc import Callable
from typing import Any

from reviews.selectors import Detail
from reviews.web.attention import attention_part
from reviews.web.changes import changes_part
from reviews.web.conversation import conversation_part
from reviews.web.evidence import evidence_part
from reviews.web.glance import glance_part
from reviews.web.rights import rights_part

Part = Callable[[Any, Detail], dict[str, Any]]

PARTS: list[Part] = [
    evidence_part,
    conversation_part,
    attention_part,
    rights_part,
    changes_part,
    glance_part,
]
"""Called with viewer and request in this order. A part asks the database a constant number of times, whatever the
request holds, and its names must not be taken by another part (the page refuses two of one name)."""


def context_of_parts(viewer: Any, detail: Detail) -> dict[str, Any]:
    """The contexts of all parts in one."""
    found: dict[str, Any] = {}
    for part in PARTS:
        given = part(viewer, detail)
        taken = found.keys() & given.keys()
        if taken:
            raise ValueError(f"Two parts of the request page give {', '.join(sorted(taken))}.")
        found.update(given)
    return found
