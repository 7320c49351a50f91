"""Who answers for what, what nobody answers for, and what no board decides about."""

from dataclasses import dataclass
from typing import Any

from reviews.choices import SubjectType
from reviews.selectors.board_places import boards_of
from stewardship.choices import Kept
from stewardship.selectors.kept import Thing, things
from taxonomy.selectors.upkeep import SegmentInForce, segments_in_force

ROLES = ("data", "definition", "outcome")


@dataclass(frozen=True)
class Gap:
    """A segment with a seat that counts as empty: whoever holds it is not here any more."""

    segment: SegmentInForce
    missing: tuple[str, ...]

    @property
    def names(self) -> list[tuple[str, Any]]:
        """What is missing, and who held it."""
        return [(role, self.segment.owners[role]) for role in self.missing]


@dataclass(frozen=True)
class Owned:
    """A segment and what the person answers for in it."""

    segment: SegmentInForce
    roles: tuple[str, ...]


def unowned() -> list[Gap]:
    """Segments of which at least one of the three owners is deactivated, by name."""
    found = []
    for segment in segments_in_force():
        missing = tuple(role for role in ROLES if not segment.owners[role].is_active)
        if missing:
            found.append(Gap(segment, missing))
    return found


def owners_of(key: str) -> dict[str, Any]:
    """The three people who answer for a segment, by what for; nobody where it is not in use."""
    return next((each.owners for each in segments_in_force() if each.key == key), {})


def owned_by(person: Any) -> list[Owned]:
    """Every segment that the person answers for, by name, with what for."""
    found = []
    for segment in segments_in_force():
        roles = tuple(role for role in ROLES if segment.owners[role].pk == person.pk)
        if roles:
            found.append(Owned(segment, roles))
    return found


def other_things_of(person: Any) -> list[Thing]:
    """Playbooks and terms that the person answers for, what is due first."""
    return [each for each in things(Kept.PLAYBOOK, Kept.TERM) if person.pk in each.owner_ids]


def boards_by_segment() -> dict[str, Any]:
    """Segment key -> the board that decides about it, or None."""
    return dict(boards_of({each.key: each.path for each in segments_in_force()}, SubjectType.SEGMENT))


def without_board() -> list[SegmentInForce]:
    """Segments that no board decides about, by name."""
    boards = boards_by_segment()
    return [each for each in segments_in_force() if boards[each.key] is None]
