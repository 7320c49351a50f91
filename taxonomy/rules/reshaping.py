"""How a sketch is changed: parts are found by their ids, replaced, and nothing grows beyond what a rule may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from taxonomy.rules.limits import LIMITS
from taxonomy.rules.sketch import Clause, Group, Part, Sketch, find, parts_of

Change = Callable[[Part], Iterable[Part]]


class EditError(ValueError):
    """The operation cannot be done; the message says why."""


def found_in(sketch: Sketch, part_id: int) -> tuple[Part, Group | None]:
    """The part and the group it stands in; refuses an id that no part has."""
    found = find(sketch, part_id)
    if found is None:
        raise EditError("This part of the rule is not there any more. Look at the rule again.")
    return found


def place_of(sketch: Sketch, part_id: int) -> tuple[Part, Group]:
    """As `found_in`, for a part that stands in a group; refuses the root."""
    part, above = found_in(sketch, part_id)
    if above is None:
        raise EditError("The whole rule cannot be moved or removed.")
    return part, above


def group_of(sketch: Sketch, group_id: int) -> Group:
    """The group with this id."""
    part, _ = found_in(sketch, group_id)
    if not isinstance(part, Group):
        raise EditError("This is a condition, not a group.")
    return part


def with_change(sketch: Sketch, part_id: int, change: Change) -> Sketch:
    """With other parts, or none, where a part stood."""
    part, above = place_of(sketch, part_id)
    at = above.parts.index(part)
    return with_parts(sketch, above.id, (*above.parts[:at], *change(part), *above.parts[at + 1 :]))


def with_appended(sketch: Sketch, group_id: int, parts: tuple[Part, ...]) -> Sketch:
    """With further parts at the end of a group."""
    return with_parts(sketch, group_id, (*group_of(sketch, group_id).parts, *parts))


def with_clause(sketch: Sketch, clause_id: int, change: Callable[[Clause], Clause]) -> Sketch:
    """With the clause changed."""
    part, _ = found_in(sketch, clause_id)
    if not isinstance(part, Clause):
        raise EditError("This is a group, not a condition.")
    changed = change(part)
    return sketch if changed == part else with_change(sketch, clause_id, lambda found: (changed,))


def with_parts(sketch: Sketch, group_id: int, parts: tuple[Part, ...]) -> Sketch:
    """With other parts in a group; refuses more than a rule may hold."""
    changed = Sketch(_replaced(sketch.root, group_id, parts))
    if sum(1 for _ in parts_of(changed)) > LIMITS.nodes or _depth(changed.root) > LIMITS.depth:
        raise EditError(f"A rule may have at most {LIMITS.nodes} parts, {LIMITS.depth} levels deep.")
    return changed


def _replaced(group: Group, group_id: int, parts: tuple[Part, ...]) -> Group:
    if group.id == group_id:
        return replace(group, parts=parts)
    inner = tuple(_replaced(part, group_id, parts) if isinstance(part, Group) else part for part in group.parts)
    return group if inner == group.parts else replace(group, parts=inner)


def _depth(part: Part) -> int:
    return 1 + max(map(_depth, part.parts), default=0) if isinstance(part, Group) else 0
