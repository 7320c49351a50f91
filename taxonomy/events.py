"""What the taxonomy announces: a version in force, a segment retired, an objective defined."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class VersionEnacted(Event):
    """A version of a segment came into force; the one before it, if any, ended."""

    name: ClassVar[str] = "taxonomy.version.enacted"
    object_type: ClassVar[str] = "segment"
    sentence: ClassVar[str] = "enacted version {version_number} of {segment_key}"

    segment_key: str
    segment_id: int
    version_id: int
    version_number: int
    previous_version_id: int | None
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class SegmentRetired(Event):
    """A segment left the taxonomy; its last version ended and its key stays taken."""

    name: ClassVar[str] = "taxonomy.segment.retired"
    object_type: ClassVar[str] = "segment"
    sentence: ClassVar[str] = "retired {segment_key}, last in version {version_number}"

    segment_key: str
    segment_id: int
    version_id: int
    version_number: int
    successor_key: str
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class ObjectiveDefined(Event):
    """An objective was written down or changed."""

    name: ClassVar[str] = "taxonomy.objective.defined"
    object_type: ClassVar[str] = "objective"
    sentence: ClassVar[str] = "{change} the objective {objective_key}"

    objective_key: str
    objective_version: int
    change: str

    @property
    def object_key(self) -> str:
        return self.objective_key


@dataclass(frozen=True, kw_only=True)
class ProofsRequested(Event):
    """Somebody asked to prove the taxonomy again."""

    name: ClassVar[str] = "taxonomy.proofs.requested"
    object_type: ClassVar[str] = "proofs"
    sentence: ClassVar[str] = "asked to prove the taxonomy again, in round {sweep_id}"

    sweep_id: int

    @property
    def object_key(self) -> str:
        return str(self.sweep_id)
