"""Facts that memberships announces."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class RunRequested(Event):
    name: ClassVar[str] = "memberships.run.requested"
    object_type: ClassVar[str] = "run"
    sentence: ClassVar[str] = "requested run {run_id}"

    run_id: int
    trigger: str
    segment_keys: list[str]

    @property
    def object_key(self) -> str:
        return str(self.run_id)


@dataclass(frozen=True, kw_only=True)
class RunCancelled(Event):
    name: ClassVar[str] = "memberships.run.cancelled"
    object_type: ClassVar[str] = "run"
    sentence: ClassVar[str] = "cancelled run {run_id}"

    run_id: int

    @property
    def object_key(self) -> str:
        return str(self.run_id)


@dataclass(frozen=True, kw_only=True)
class RunFinished(Event):
    name: ClassVar[str] = "memberships.run.finished"
    object_type: ClassVar[str] = "run"
    sentence: ClassVar[str] = "finished run {run_id}: {state}"

    run_id: int
    state: str

    @property
    def object_key(self) -> str:
        return str(self.run_id)


@dataclass(frozen=True, kw_only=True)
class MembershipChanged(Event):
    name: ClassVar[str] = "memberships.changed"
    object_type: ClassVar[str] = "segment"
    sentence: ClassVar[str] = "recomputed {segment_key}: {entered} entered, {left} left, {size} members now"

    run_id: int
    segment_key: str
    version_number: int
    entered: int
    left: int
    size: int

    @property
    def object_key(self) -> str:
        return self.segment_key
