"""Which of two writes of a value wins: the one with the newer clock, in whatever order they arrive."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

# (instant, message id). Instants are texts of one width, so that the order of the texts is the order of time.
Clock = tuple[str, str]
NEVER: Final[Clock] = ("", "")
# What is received so much later than it happened is late.
LATE_AFTER: Final = timedelta(hours=1)


def instant_text(at: datetime) -> str:
    """`2026-01-31T14:05:00.000000Z`: UTC, always 27 characters."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def clock_of(at: datetime, message_id: str) -> Clock:
    """The clock of what a message told of that instant."""
    return instant_text(at), message_id


def clock_from(stored: Any) -> Clock:
    """A stored clock ([instant, message id]) as it is compared."""
    return (str(stored[0]), str(stored[1])) if stored else NEVER


def _weight(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


@dataclass(slots=True)
class Profile:
    """The values of one customer with what is known of their age.

    `clocks` holds the clocks of values that came with events, also of those that were cleared; a value without one is
    as old as `set_at`, the last write that was not an event (the form of `instant_text`, or empty); a key without a
    value and without a clock was never written.
    """

    values: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, list[str]] = field(default_factory=dict)
    set_at: str = ""

    def clock(self, key: str) -> Clock:
        """How old the value of the key is."""
        stored = self.clocks.get(key)
        if stored:
            return clock_from(stored)
        return (self.set_at, "") if key in self.values else NEVER

    def newest(self) -> str:
        """The instant of the newest write; empty when there was none."""
        return max((self.set_at if self.values else "", *(stored[0] for stored in self.clocks.values())))

    def write(self, key: str, value: Any, clock: Clock) -> bool:
        """Set the value (None clears) unless a newer write is there already; whether the value is another now.

        Of two writes with one clock the larger value wins, so that it does not matter which came first.
        """
        there, before = self.clock(key), self.values.get(key)
        if clock < there or (clock == there and _weight(value) <= _weight(before)):
            return False
        self.clocks[key] = list(clock)
        if value is None:
            self.values.pop(key, None)
        else:
            self.values[key] = value
        return _weight(value) != _weight(before)

    def take_over(self, other: "Profile") -> bool:
        """Merge another customer's values in, each by its clock; whether a value is another now."""
        keys = {*other.values, *other.clocks}
        changed = {key for key in keys if self.write(key, other.values.get(key), other.clock(key))}
        return bool(changed)


def profile_from(values: Mapping[str, Any], clocks: Mapping[str, Any], set_at: datetime | None) -> Profile:
    """The profile of a stored customer, for changing."""
    return Profile(
        dict(values), {key: list(stored) for key, stored in clocks.items()}, instant_text(set_at) if set_at else ""
    )


def ages(profile: Profile) -> dict[str, tuple[Clock, Any]]:
    """Key -> (clock, value or None) of everything that was ever written: two profiles are alike when these are."""
    keys: Iterable[str] = {*profile.values, *profile.clocks}
    return {key: (profile.clock(key), profile.values.get(key)) for key in sorted(keys)}
