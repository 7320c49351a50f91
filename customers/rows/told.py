"""What one event tells: whom it names, what it says about their ids, and which traits it gives to whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from customers.rows.clocks import Clock, clock_of
from customers.rows.identity import Names
from customers.rows.ids import checked_external_id
from customers.rows.traits import Fault
from customers.rows.values import ValueRefused

# The field of an event -> its name in the calls of programs. All of them name customers.
_IDS: Final[Mapping[str, str]] = {"user_id": "userId", "group_id": "groupId", "previous_id": "previousId"}


@dataclass(frozen=True, slots=True)
class Told:
    """One stored event, as it is applied. `content` is empty unless it holds traits."""

    id: int
    received_at: datetime
    at: datetime
    source_key: str
    message_id: str
    type: str
    user_id: str = ""
    anonymous_id: str = ""
    group_id: str = ""
    previous_id: str = ""
    content: Any = None

    @property
    def clock(self) -> Clock:
        """How old its values are."""
        return clock_of(self.at, self.message_id)

    @property
    def traits(self) -> Mapping[str, Any]:
        """The traits that it gives; none where it gives none."""
        return self.content if isinstance(self.content, Mapping) else {}

    def ids(self) -> Iterator[str]:
        """The ids of customers that it names."""
        yield from (each for each in (self.user_id, self.group_id, self.previous_id) if each)

    def subject(self) -> str:
        """The id whose traits it gives: the user's (identify), the account's (group); empty for nobody's."""
        return {"identify": self.user_id, "group": self.group_id}.get(self.type, "")


def with_sound_ids(told: Told) -> Told | Fault:
    """The event with its ids in the form in which customers are stored; or why it can never be applied."""
    sound: dict[str, str] = {}
    for field, name in _IDS.items():
        given = getattr(told, field)
        if given:
            try:
                sound[field] = checked_external_id(given)
            except ValueRefused as refused:
                return Fault(name, refused.code, refused.detail, given)
    if told.type == "alias" and not (told.user_id and told.previous_id):
        return Fault("previousId", "no_external_id", "An alias needs a userId and a previousId.", None)
    if told.type == "group" and not told.group_id:
        return Fault("groupId", "no_external_id", "A group call needs a groupId.", None)
    if all(getattr(told, field) == value for field, value in sound.items()):
        return told
    return replace(
        told,
        user_id=sound.get("user_id", ""),
        group_id=sound.get("group_id", ""),
        previous_id=sound.get("previous_id", ""),
    )


def learn_names(names: Names, told: Told) -> None:
    """Take in what the event says about ids."""
    if told.type == "alias":
        names.alias(told.previous_id, told.user_id, told.clock)
    if told.user_id and told.anonymous_id:
        names.link(told.anonymous_id, told.user_id, told.clock)
