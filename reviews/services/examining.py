"""Examines a proposal before it is written: content, checks, differences, and the board that decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accounts.choices import Role
from accounts.selectors import people
from common.clock import now
from common.errors import Invalid
from reviews.choices import Kind
from reviews.errors import NoBoard
from reviews.models import Board
from reviews.policies import Place, RequestPolicy
from reviews.selectors.boards import governing_board
from reviews.subjects import Content, Live, Subject
from reviews.subjects.words import word_checks


@dataclass(frozen=True)
class Proposal:
    """A proposal that may be written down: content in its one form, with what was found about it."""

    content: Content
    checks: list[dict[str, str]]
    differences: list[dict[str, str]]
    path: list[str]
    board: Board
    title: str


def examined(*, viewer: Any, subject: Subject, kind: str, key: str, content: Content, base: Live | None) -> Proposal:
    """The proposal with board, checks and differences against `base`.

    Refuses: NotAllowed (not this branch), NoBoard, Invalid with pointers below /proposed.
    """
    path = subject.path(kind, key, content)
    RequestPolicy().require(viewer, "propose", Place(path, subject.type))
    found = subject.check(viewer=viewer, kind=kind, key=key, content=content)
    board = deciding_board(path, subject)
    old = base.content if base else None
    return Proposal(
        content=found.content,
        checks=[check.as_json() for check in (*found.checks, *word_checks(subject.type, key, found.content))],
        differences=[item.as_json() for item in subject.difference(kind, key, old, found.content)],
        path=path,
        board=board,
        title=subject.title(kind, key, found.content),
    )


def deciding_board(path: list[str], subject: Subject) -> Board:
    """The board that decides about the subject.

    Refuses: NoBoard, naming who can set one up.
    """
    board = governing_board(path, subject.type)
    if board is not None:
        return board
    administrators = people().filter(grants__role=Role.ADMINISTRATOR, grants__branch="").distinct()[:3]
    names = ", ".join(str(person) for person in administrators) or "An administrator"
    where = f"the branch {' / '.join(path)}" if path else "what belongs to no branch"
    raise NoBoard(
        f"No board decides about a {subject.noun} in {where}, so this could never be approved. {names} can set one up."
    )


def checked_effective_at(value: datetime | None) -> datetime | None:
    """The effective date: none, or an instant to come with its time zone."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise Invalid("Give the effective date with its time zone.", code="no_time_zone", pointer="/effective_at")
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise Invalid("This date lies outside the calendar.", code="out_of_range", pointer="/effective_at") from None
    if value <= now():
        raise Invalid(
            "The effective date has passed. Leave it empty for “as soon as it is approved”.",
            code="in_the_past",
            pointer="/effective_at",
        )
    return value


def with_default_owners(kind: str, subject_type: str, content: Content, author: Any) -> Content:
    """A new segment's content in which owners that nobody named are its author."""
    if subject_type != "segment" or kind != Kind.CREATE:
        return content
    given = content.get("owners")
    owners = dict(given) if isinstance(given, Mapping) else {}
    named = {role: owners.get(role) or author.get_username() for role in ("data", "definition", "outcome")}
    return {**content, "owners": {**owners, **named}} if given is None or isinstance(given, Mapping) else content
