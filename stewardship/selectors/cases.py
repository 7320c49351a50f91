"""Reading cases, and who has each."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.selectors import holders_of
from reviews.choices import SubjectType
from reviews.selectors.board_places import boards_of, seat_holders
from stewardship.choices import CaseState, Stage
from stewardship.errors import NoSuchThing
from stewardship.models import Case
from stewardship.policies import UpkeepPolicy
from taxonomy.selectors.upkeep import segments_in_force


@dataclass(frozen=True)
class Hands:
    """Who has a case at its stage: `people` may work on it, besides stewards; `board` names the board, if it is
    one's."""

    people: frozenset[int]
    board: str = ""


def _stewards() -> set[int]:
    return set(holders_of(Role.STEWARD).values_list("pk", flat=True)) or _administrators()


def _administrators() -> set[int]:
    return set(holders_of(Role.ADMINISTRATOR).values_list("pk", flat=True))


def hands_of(case: Case, stage: str = "") -> Hands:
    """Who has the case at this stage (its own unless told). Of a case without a segment administrators are the owners,
    and the board that decides about everything is its board."""
    stage = stage or case.stage
    if stage == Stage.STEWARD:
        return Hands(frozenset(_stewards()))
    segment = next((each for each in segments_in_force() if each.key == case.segment_key), None)
    owners = {person.pk for person in segment.owners.values() if person.is_active} if segment else _administrators()
    if stage == Stage.OWNER:
        return Hands(frozenset(owners))
    board = boards_of({case.segment_key: segment.path if segment else ()}, SubjectType.SEGMENT)[case.segment_key]
    seats = seat_holders(board.key) if board else _administrators()
    return Hands(frozenset(owners | seats), board.key if board else "")


def cases_for(*, viewer: Any, state: str = "") -> QuerySet[Case]:
    """The cases that the viewer may see, newest first: `open` (not closed), `closed` or all."""
    rows = Case.objects.select_related("taker", "closed_by")
    if not UpkeepPolicy().can(viewer, "view"):
        return rows.none()
    if state == "open":
        return rows.exclude(state=CaseState.CLOSED).order_by("due_at", "pk")
    return rows.filter(state=CaseState.CLOSED) if state == "closed" else rows


def case_for(*, viewer: Any, case_id: int) -> Case:
    """One case with its steps. Raises `NoSuchThing`."""
    found = cases_for(viewer=viewer).prefetch_related("steps__by").filter(pk=case_id).first()
    if found is None:
        raise NoSuchThing(f"There is no case {case_id}, or it is not open to you.")
    return found
