"""Who could change what is governed today, and with how many others: asked of boards and people as they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.choices import Role
from accounts.selectors import holders_of
from reviews.choices import SubjectType
from reviews.models import Board, Seat
from reviews.policies import BoardPolicy
from taxonomy.selectors import headings

_DIRECT = (SubjectType.BOARD, SubjectType.OBJECTIVE)
"""Types that may be set up directly while no board governs them: an empty portal must be able to start."""
_IN_BRANCHES = (SubjectType.SEGMENT, SubjectType.PLAYBOOK, SubjectType.BRIEF)


@dataclass(frozen=True)
class Way:
    """One way to a change. `fewest` people who must agree; 0 where nobody can, 1 where one person suffices."""

    what: str
    where: str
    board: Board | None
    fewest: int
    words: str
    people: list[Any]

    @property
    def tone(self) -> str:
        """How much attention the way deserves."""
        return "warn" if self.fewest == 1 else "note" if self.fewest in (0, 2) else "good"


@dataclass(frozen=True)
class WhoAlone:
    """The answer: through the boards (`governed`), and past them (`besides`)."""

    governed: list[Way]
    besides: list[Way]

    @property
    def alone(self) -> list[Way]:
        """The ways in which one person suffices."""
        return [way for way in (*self.governed, *self.besides) if way.fewest == 1]


def who_alone(*, viewer: Any) -> WhoAlone:
    """Who could change each governed thing today, for readers of the boards."""
    boards = list(BoardPolicy().visible(viewer).order_by("name"))
    seats = _seats(boards)
    administrators = list(holders_of(Role.ADMINISTRATOR))
    places = _places(boards)
    governed = [way for kind in SubjectType for way in _ways_of(kind, boards, seats, administrators, places)]
    return WhoAlone(governed, _besides(boards, administrators))


def _seats(boards: Sequence[Board]) -> dict[int, list[Any]]:
    rows = Seat.objects.filter(board__in=boards, until__isnull=True, user__is_active=True).select_related("user")
    found: dict[int, list[Any]] = {board.pk: [] for board in boards}
    for seat in rows.order_by("user__display_name"):
        found[seat.board_id].append(seat.user)
    return found


def _ways_of(
    kind: SubjectType,
    boards: Sequence[Board],
    seats: dict[int, list[Any]],
    administrators: list[Any],
    places: dict[int, str],
) -> list[Way]:
    # What belongs to no branch is decided by a board without branches, whatever others name.
    deciding = [
        board for board in boards if kind in board.subject_types and (kind in _IN_BRANCHES or not board.branches)
    ]
    if deciding:
        return [_through(kind, board, seats[board.pk], places) for board in deciding]
    if kind in _DIRECT:
        words = f"No board decides about this, so any administrator sets it up alone. {_names(administrators)}."
        return [Way(kind.label, "everywhere", None, 1, words, administrators)]
    words = "Nobody: no board decides about it, so nothing of the kind can be approved until one does."
    return [Way(kind.label, "everywhere", None, 0, words, [])]


def _places(boards: Sequence[Board]) -> dict[int, str]:
    """Board -> the names of the branches that it decides in; a segment that is not there yet is its key."""
    named = headings({key for board in boards for key in board.branches})
    return {board.pk: ", ".join(named[key].name if key in named else key for key in board.branches) for board in boards}


def _through(kind: SubjectType, board: Board, members: list[Any], places: dict[int, str]) -> Way:
    """The way through a board: an author, and as many approvals of others as its lightest path asks for."""
    needed = fewest_approvals(board.policy, kind)
    where = places[board.pk] or "everything that no other board governs"
    if len(members) < needed:
        words = f"Nobody at the moment: {needed} approvals are needed and {len(members)} people sit in it."
        return Way(kind.label, where, board, 0, words, members)
    others = "one member" if needed == 1 else f"{needed} members"
    words = f"Nobody alone. {_count(needed + 1)} people suffice: who proposes it, and {others} who wrote none of it."
    if needed == 1:
        words += " With one approval, each member can put into effect what another person wrote."
    if needed < int(board.policy["quorum"]):
        words += f" That is the light path; usually {board.policy['quorum']} members must approve."
    stricter = [item for item in board.policy.get("conditions") or () if not item["then"].get("light")]
    if stricter:
        words += f" Larger changes need more: {', '.join(item['name'] for item in stricter)}."
    return Way(kind.label, where, board, needed + 1, words, members)


def fewest_approvals(policy: dict[str, Any], kind: str) -> int:
    """The approvals that the lightest path to a change of this kind asks for."""
    light = [
        int(item["then"].get("quorum", 1))
        for item in policy.get("conditions") or ()
        if item["then"].get("light") and kind in item["when"].get("subject_types", [kind])
    ]
    return min([int(policy["quorum"]), *light])


def _besides(boards: Sequence[Board], administrators: list[Any]) -> list[Way]:
    """The ways past the boards, said as they are."""
    stewards = list(holders_of(Role.STEWARD))
    governing = next((board for board in boards if SubjectType.BOARD in board.subject_types), None)
    both = list({person.pk: person for person in (*administrators, *stewards)}.values())
    return [
        _administrators(governing, administrators),
        Way(
            "An attribute that no live rule reads",
            "attributes",
            None,
            1,
            f"Stewards and administrators define it alone, until the first live rule reads it. {_names(both)}.",
            both,
        ),
        Way(
            "Anything, in an emergency",
            "breaking the glass",
            None,
            1,
            "Whoever may break the glass puts one change into effect before the board has decided: with a reason, for "
            "a limited time, told to everybody, and with a review that goes up board by board until it is held.",
            administrators,
        ),
        Way(
            "Seats, by whoever operates the machine",
            "the command line",
            None,
            1,
            "Whoever can run commands on the machine can seat anybody with “create_user --board”. The ledger and the "
            "board's page say so. They still cannot vote for somebody else.",
            [],
        ),
        Way(
            "Anything, by whoever holds the database's owner password",
            "the database",
            None,
            1,
            "The portal's own access cannot rewrite votes, decisions or the ledger: triggers refuse it. The owner of "
            "the database could switch the triggers off. Heads of the ledger that were published outside show it.",
            [],
        ),
    ]


def _administrators(governing: Board | None, administrators: list[Any]) -> Way:
    if governing is None:
        words = (
            "No board decides about boards. Any administrator can set a quorum of 1, create a second account, seat it, "
            f"and approve with it what they wrote: one person suffices for everything. {_names(administrators)}. Name "
            "“Board and its policy” among what a board decides about to close this way."
        )
        return Way("Everything, by way of boards and seats", "boards", None, 1, words, administrators)
    words = (
        f"{governing.name} decides about boards, policies and seats, so no administrator changes them alone. What is "
        "left to an administrator: accounts and roles; lending the seat of somebody who is away to another person; and "
        "a board for a branch in which nothing lives yet. Each is entered in the ledger."
    )
    return Way("Boards, policies and seats", "boards", governing, 2, words, administrators)


def _names(people: Iterable[Any]) -> str:
    names = [str(person) for person in people]
    return (
        f"Today: {', '.join(names[:6])}{' and others' if len(names) > 6 else ''}" if names else "Nobody holds that role"
    )


def _count(number: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four", 5: "Five"}.get(number, str(number))
