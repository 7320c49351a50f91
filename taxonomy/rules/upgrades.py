"""Trees of earlier formats brought to the present one, step by step, as they are read; what is stored stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from taxonomy.rules.tree import FORMAT

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

# Format n -> how a whole tree of that format is written in format n + 1. A new format adds its line here, and a step
# is never changed once trees were stored in the format that it makes. A step must keep what the rule means.
UPGRADES: Mapping[int, Upgrade] = {}


class UnreadableFormatError(ValueError):
    """The format of a tree is none, or one that only a later portal reads."""


def upgraded(
    document: Mapping[str, Any], *, upgrades: Mapping[int, Upgrade] = UPGRADES, newest: int = FORMAT
) -> dict[str, Any]:
    """The tree in the format `newest`. The document itself is not touched.

    Raises UnreadableFormatError for a format that is no whole number from 1 to `newest`.
    """
    found = document.get("format")
    if type(found) is not int or found < 1:
        raise UnreadableFormatError(f"The format of this tree is not {newest}.")
    if found > newest:
        raise UnreadableFormatError(
            f"The format of this tree is not {newest}: it was written by a later version of the portal."
        )
    tree = dict(document)
    for step in range(found, newest):
        tree = {**upgrades[step](tree), "format": step + 1}
    return tree
