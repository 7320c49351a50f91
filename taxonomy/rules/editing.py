"""What can be done to the shape of a rule being written: each operation takes a sketch and gives another."""

from __future__ import annotations

from dataclasses import replace

from taxonomy.rules.nodes import Rule
from taxonomy.rules.operators import OPPOSITE_OPERATORS
from taxonomy.rules.reshaping import EditError, found_in, group_of, place_of, with_appended, with_change, with_parts
from taxonomy.rules.sketch import JOINERS, Clause, ClauseKind, Group, Joiner, Part, Sketch, find, next_id
from taxonomy.rules.sketching import parts_from

# --- adding and taking away ------------------------------------------------------------------------------------------


def add_clause(sketch: Sketch, group_id: int, kind: ClauseKind = "attribute") -> Sketch:
    """A new, empty clause at the end of a group."""
    operator = "in_segment" if kind == "segment" else ""
    return with_appended(sketch, group_id, (Clause(next_id(sketch), kind, operator=operator),))


def add_group(sketch: Sketch, group_id: int, joiner: Joiner = "any") -> Sketch:
    """A new group with one empty clause at the end of a group."""
    number = next_id(sketch)
    return with_appended(sketch, group_id, (Group(number, joiner, (Clause(number + 1),)),))


def insert_rule(sketch: Sketch, group_id: int, rule: Rule) -> Sketch:
    """The conditions of a rule at the end of a group, so that all of them must hold together there."""
    group = group_of(sketch, group_id)
    number = next_id(sketch)
    parts = parts_from(rule, number + 1)
    if group.joiner != "all" and len(parts) > 1:
        parts = (Group(number, "all", parts),)
    return with_appended(sketch, group_id, parts)


def remove(sketch: Sketch, part_id: int) -> Sketch:
    """Without the part."""
    return with_change(sketch, part_id, lambda part: ())


def duplicate(sketch: Sketch, part_id: int) -> Sketch:
    """With a copy of the part right after it."""
    return with_change(sketch, part_id, lambda part: (part, _renumbered(part, next_id(sketch))[0]))


# --- shape -----------------------------------------------------------------------------------------------------------


def wrap(sketch: Sketch, part_id: int, joiner: Joiner = "any") -> Sketch:
    """With the part in a group of its own."""
    return with_change(sketch, part_id, lambda part: (Group(next_id(sketch), joiner, (part,)),))


def unwrap(sketch: Sketch, group_id: int) -> Sketch:
    """With the parts of a group standing where the group stood."""
    return with_change(sketch, group_id, lambda part: group_of(sketch, part.id).parts)


def set_joiner(sketch: Sketch, group_id: int, joiner: Joiner) -> Sketch:
    """With another word for how many parts of the group must hold."""
    if joiner not in JOINERS:
        raise EditError("A group asks for all, at least one, or none of its parts.")
    changed = replace(group_of(sketch, group_id), joiner=joiner)
    return Sketch(changed) if group_id == sketch.root.id else with_change(sketch, group_id, lambda part: (changed,))


def negate(sketch: Sketch, part_id: int) -> Sketch:
    """With the opposite of the part: true where it was false, false where it was true, unknown where it was unknown."""
    part, _ = found_in(sketch, part_id)
    if part_id == sketch.root.id:
        root = sketch.root
        if root.joiner != "all":
            return Sketch(replace(root, joiner="any" if root.joiner == "none" else "none"))
        inner = Group(next_id(sketch), "all", root.parts)
        return Sketch(replace(root, joiner="none", parts=root.parts if len(root.parts) == 1 else (inner,)))
    return with_change(sketch, part_id, lambda found: (_opposite(part, next_id(sketch)),))


def _opposite(part: Part, number: int) -> Part:
    if isinstance(part, Clause):
        if part.operator in OPPOSITE_OPERATORS:
            return replace(part, operator=OPPOSITE_OPERATORS[part.operator])
        return Group(number, "none", (part,))
    if part.joiner == "none":
        return part.parts[0] if len(part.parts) == 1 else replace(part, joiner="any")
    if part.joiner == "any" or len(part.parts) == 1:
        return replace(part, joiner="none")
    return Group(number, "none", (part,))


# --- order -----------------------------------------------------------------------------------------------------------


def move_up(sketch: Sketch, part_id: int) -> Sketch:
    """With the part before the one that it stood after."""
    return _shifted(sketch, part_id, -1)


def move_down(sketch: Sketch, part_id: int) -> Sketch:
    """With the part after the one that it stood before."""
    return _shifted(sketch, part_id, 1)


def move_in(sketch: Sketch, part_id: int) -> Sketch:
    """With the part in the group beside it: at the end of the one before, or at the beginning of the one after."""
    part, above = place_of(sketch, part_id)
    at = above.parts.index(part)
    before, after = above.parts[at - 1 : at] if at else (), above.parts[at + 1 : at + 2]
    for beside, place in ((before, None), (after, 0)):
        if beside and isinstance(beside[0], Group):
            return move_to(sketch, part_id, beside[0].id, len(beside[0].parts) if place is None else place)
    raise EditError("There is no group beside it to move into. Put it into a group of its own instead.")


def move_out(sketch: Sketch, part_id: int) -> Sketch:
    """With the part right after the group that it stood in."""
    _, group = place_of(sketch, part_id)
    if group.id == sketch.root.id:
        raise EditError("It stands in no group that it could leave.")
    _, above = place_of(sketch, group.id)
    return move_to(sketch, part_id, above.id, above.parts.index(group) + 1)


def move_to(sketch: Sketch, part_id: int, group_id: int, place: int) -> Sketch:
    """With the part at a place among the others of a group (0: first)."""
    part, above = place_of(sketch, part_id)
    if isinstance(part, Group) and find(Sketch(part), group_id) is not None:
        raise EditError("A group cannot be moved into itself.")
    if above.id == group_id and above.parts.index(part) < place:
        place -= 1
    taken = remove(sketch, part_id)
    group = group_of(taken, group_id)
    place = max(0, min(place, len(group.parts)))
    parts = (*group.parts[:place], part, *group.parts[place:])
    return with_parts(taken, group_id, parts)


def _shifted(sketch: Sketch, part_id: int, by: int) -> Sketch:
    part, above = place_of(sketch, part_id)
    at = above.parts.index(part)
    if not 0 <= at + by < len(above.parts):
        raise EditError("It is the first already." if by < 0 else "It is the last already.")
    return move_to(sketch, part_id, above.id, at + (by if by < 0 else 2))


def _renumbered(part: Part, number: int) -> tuple[Part, int]:
    """A copy of the part numbered from `number` on, and the next free number."""
    if isinstance(part, Clause):
        return replace(part, id=number), number + 1
    following = number + 1
    parts: list[Part] = []
    for child in part.parts:
        copied, following = _renumbered(child, following)
        parts.append(copied)
    return replace(part, id=number, parts=tuple(parts)), following
