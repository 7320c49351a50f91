"""Facts that the delivery announces."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class _AnnouncementEvent(Event):
    object_type: ClassVar[str] = "announcement"

    announcement_id: int
    segment_key: str

    @property
    def object_key(self) -> str:
        return str(self.announcement_id)


@dataclass(frozen=True, kw_only=True)
class AnnouncementMade(_AnnouncementEvent):
    """A fact is told to the functions of the company, one after the other."""

    name: ClassVar[str] = "activation.announcement.made"
    sentence: ClassVar[str] = "began to tell the functions about {segment_key} ({kind}, notice {announcement_id})"

    kind: str
    entry_id: int


@dataclass(frozen=True, kw_only=True)
class StepAcknowledged(_AnnouncementEvent):
    """Somebody of a function acknowledged, for all of the function."""

    name: ClassVar[str] = "activation.step.acknowledged"
    sentence: ClassVar[str] = "acknowledged notice {announcement_id} about {segment_key} for {function}"

    function: str
