"""How due a request is, when to remind and to hand on, and how much is at risk; in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

REMIND_BEFORE = timedelta(days=1)
REMIND_EVERY = timedelta(days=2)
HAND_ON_AFTER = timedelta(days=3)
CLAIM_LASTS = timedelta(days=2)
LARGE_SHARE = 0.2
SOME_SHARE = 0.05


@dataclass(frozen=True)
class Due:
    """How due something is: words, the tone whose shape they carry, and whether the date has passed."""

    words: str
    tone: str
    is_overdue: bool


def due_after(requirement: Mapping[str, Any], moment: datetime) -> datetime | None:
    """By when what is submitted at that moment should be decided; None where the board sets no number of days."""
    days = requirement.get("due_days")
    return moment + timedelta(days=int(days)) if days is not None else None


def due_in_words(due_at: datetime | None, moment: datetime) -> Due | None:
    """How due it is at that moment; None without a date."""
    if due_at is None:
        return None
    left = due_at - moment
    if left <= timedelta(0):
        return Due(f"overdue by {_length(-left)}", "bad", True)
    if left <= timedelta(days=1):
        return Due(f"due in {_length(left)}", "warn", False)
    return Due(f"due in {_length(left)}", "wait", False)


def _length(span: timedelta) -> str:
    if span < timedelta(hours=1):
        return "less than an hour"
    if span < timedelta(days=1):
        hours = int(span.total_seconds() // 3600)
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{span.days} day{'' if span.days == 1 else 's'}"


def reminder_stage(due_at: datetime, reminded_at: datetime | None, moment: datetime) -> str | None:
    """Which reminder is due: "before" once, within a day of the date; "after" at the date and every two days since."""
    if moment >= due_at:
        since = reminded_at if reminded_at is not None and reminded_at >= due_at else None
        return "after" if since is None or moment - since >= REMIND_EVERY else None
    return "before" if reminded_at is None and due_at - moment <= REMIND_BEFORE else None


def levels_due(due_at: datetime, moment: datetime) -> int:
    """How many boards up a request should have gone: one for every three days beyond its date."""
    return max(0, (moment - due_at) // HAND_ON_AFTER)


@dataclass(frozen=True)
class Risk:
    """How much a careless yes could cost: 0 none, 1 low, 2 middle, 3 high; the word, and why."""

    level: int
    because: tuple[str, ...]

    @property
    def word(self) -> str:
        return ("no effect", "low risk", "some risk", "high risk")[self.level]

    @property
    def tone(self) -> str:
        return ("good", "quiet", "note", "warn")[self.level]


def is_trivial(facts: Mapping[str, Any]) -> bool:
    """Whether a change surely moves nobody: its words alone change, or it is proved to have no effect."""
    return facts.get("metadata_only") is True or (
        facts.get("relation") == "no_effect" and facts.get("is_proved") is True
    )


def risk_of(facts: Mapping[str, Any], requirement: Mapping[str, Any], checks: Sequence[Mapping[str, Any]]) -> Risk:
    """The risk of a change from what is known of it; what is not known counts as much."""
    if is_trivial(facts) and not requirement.get("strictest"):
        return Risk(0, ("its words alone change" if facts.get("metadata_only") else "proved: nobody moves",))
    high, some = _high(facts, requirement), _some(facts, checks)
    if high:
        return Risk(3, (*high, *some))
    return Risk(2, tuple(some)) if some else Risk(1, ())


def _high(facts: Mapping[str, Any], requirement: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    if requirement.get("strictest"):
        found.append("something that the board asks for is not known")
    share = facts.get("share_moved")
    if share is None:
        found.append("how many move is not known")
    elif share > LARGE_SHARE:
        found.append(f"{round(100 * share)} % of the members move")
    if facts.get("bulk"):
        found.append("it changes several segments at once")
    if facts.get("kind") == "retire":
        found.append("it retires what others may rest on")
    return found


def _some(facts: Mapping[str, Any], checks: Sequence[Mapping[str, Any]]) -> list[str]:
    found: list[str] = []
    if facts.get("sensitive"):
        found.append("it reads sensitive attributes")
    share = facts.get("share_moved")
    if share is not None and SOME_SHARE < share <= LARGE_SHARE:
        found.append(f"{round(100 * share)} % of the members move")
    warned = sum(check.get("status") != "pass" for check in checks)
    if warned:
        found.append(f"{warned} check{'' if warned == 1 else 's'} to look at")
    return found
