"""Owners' scorecards (R084): what each person answers for, how it does, and how their decisions turned out."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from common.clock import now
from insights.measures import Calibration
from insights.selectors.forecasts import calibration_by
from insights.selectors.reports import rates
from insights.selectors.velocity import Velocity, velocity_of
from memberships.choices import Freshness
from memberships.selectors import sizes
from reviews.selectors.decided import Course, courses
from taxonomy.selectors import newest_versions_for

PERIOD = timedelta(days=365)
_ROLES = (("data_owner", "data"), ("definition_owner", "definition"), ("outcome_owner", "outcome"))


@dataclass
class Scorecard:
    """One person's part: segments by role, how many of them are not up to date, doubts, requests and predictions."""

    username: str
    name: str
    roles: dict[str, list[str]] = field(default_factory=lambda: {role: [] for _, role in _ROLES})
    not_fresh: int = 0
    doubts: int = 0
    velocity: Velocity | None = None
    calibration: Calibration | None = None
    owed: int = 0

    @property
    def segments(self) -> int:
        """How many segments the person answers for in any way."""
        return len({key for keys in self.roles.values() for key in keys})


def scorecards(*, viewer: Any) -> list[Scorecard]:
    """A card for each owner of a segment that the viewer may see, by name."""
    cards: dict[str, Scorecard] = {}
    known, doubted = sizes(), rates()
    for version in newest_versions_for(viewer):
        if version.ended_at is not None:
            continue
        key = version.segment.key
        for attribute, role in _ROLES:
            person = getattr(version, attribute)
            card = cards.setdefault(person.get_username(), Scorecard(person.get_username(), str(person)))
            card.roles[role].append(key)
        owner = cards[version.definition_owner.get_username()]
        owner.not_fresh += int(key not in known or known[key].state != Freshness.FRESH)
        owner.doubts += doubted[key].reported if key in doubted else 0
    _add_decisions(cards, viewer)
    return sorted(cards.values(), key=lambda card: (card.name.casefold(), card.username))


def _add_decisions(cards: dict[str, Scorecard], viewer: Any) -> None:
    written: dict[str, list[Course]] = {}
    for course in courses(viewer=viewer, since=now() - PERIOD):
        written.setdefault(course.author, []).append(course)
    judged = {each.key: each for each in calibration_by("proposer", viewer=viewer)}
    for username, card in cards.items():
        if username in written:
            card.velocity = velocity_of(written[username], username, card.name)
        if username in judged:
            card.calibration, card.owed = judged[username].calibration, judged[username].owed
