"""Which ids are names of one customer, whatever the order in which programs told so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from customers.rows.clocks import NEVER, Clock


@dataclass(frozen=True, slots=True)
class Former:
    """One id of a customer with several: the id that names the customer now (`survivor`), when the id was last given up
    for another one, and when it was last named as the new one.
    """

    survivor: str
    given_up: Clock = NEVER
    named: Clock = NEVER


@dataclass(slots=True)
class Names:
    """The ids that are known to belong together, as far as they were read, and what a batch adds to that.

    Ids that an alias joins stay together for good: joining has no order. Which of them names the customer follows from
    the clocks of all aliases: an id that was never given up, else the one given up first; of several the one that was
    named as the new id last. `anonymous` says of an anonymous id whose it is: the newest event that names both decides.
    """

    former: dict[str, Former] = field(default_factory=dict)
    anonymous: dict[str, tuple[str, Clock]] = field(default_factory=dict)
    changed_former: set[str] = field(default_factory=set)
    changed_anonymous: set[str] = field(default_factory=set)
    _members: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, each in self.former.items():
            self._members.setdefault(each.survivor, {each.survivor}).add(name)

    def survivor(self, name: str) -> str:
        """The id that names the customer now."""
        known = self.former.get(name)
        return known.survivor if known else name

    def alias(self, previous: str, user: str, clock: Clock) -> None:
        """Somebody said that `previous` is called `user` from now on."""
        if previous == user:
            return
        members = self._together(previous) | self._together(user)
        told = {name: self.former.get(name, Former(name)) for name in members}
        told[previous] = Former("", max(told[previous].given_up, clock), told[previous].named)
        told[user] = Former("", told[user].given_up, max(told[user].named, clock))
        survivor = _survivor(told)
        for name in members:
            self._members.pop(name, None)
            self.former[name] = Former(survivor, told[name].given_up, told[name].named)
        self._members[survivor] = members
        self.changed_former |= members

    def _together(self, name: str) -> set[str]:
        return self._members.get(self.survivor(name), {name})

    def link(self, anonymous_id: str, user: str, clock: Clock) -> None:
        """An event named both ids: the newest one says whose the anonymous id is."""
        there = self.anonymous.get(anonymous_id)
        if there is None or (clock, user) > (there[1], there[0]):
            self.anonymous[anonymous_id] = (user, clock)
            self.changed_anonymous.add(anonymous_id)

    def owner_of_anonymous(self, anonymous_id: str) -> str | None:
        """The customer whose the anonymous id is: by a link, else by an alias that gave it up for a user's id."""
        told = self.anonymous.get(anonymous_id)
        if told is not None:
            return self.survivor(told[0])
        return self.survivor(anonymous_id) if anonymous_id in self.former else None

    def owner(self, user_id: str, anonymous_id: str) -> str | None:
        """Whose an event is that names these ids (either may be empty); None for nobody's yet."""
        if user_id:
            return self.survivor(user_id)
        return self.owner_of_anonymous(anonymous_id) if anonymous_id else None

    def copy(self) -> "Names":
        """The same for comparing before and after."""
        return Names(dict(self.former), dict(self.anonymous))


def _survivor(told: Mapping[str, Former]) -> str:
    first = min(each.given_up for each in told.values())
    left: Iterable[str] = [name for name, each in told.items() if each.given_up == first]
    last = max(told[name].named for name in left)
    return min(name for name in left if told[name].named == last)
