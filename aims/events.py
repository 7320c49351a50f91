"""What aims announce: journeys in force, actuals, efforts, weights, releases and quick wins."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class JourneyEnacted(Event):
    """A version of a journey came into force; the one before it, if any, ended."""

    name: ClassVar[str] = "aims.journey.enacted"
    object_type: ClassVar[str] = "journey"
    sentence: ClassVar[str] = "enacted version {version_number} of the journey {journey_key}"

    journey_key: str
    version_number: int
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.journey_key


@dataclass(frozen=True, kw_only=True)
class JourneyRetired(Event):
    """A journey is out of use for good."""

    name: ClassVar[str] = "aims.journey.retired"
    object_type: ClassVar[str] = "journey"
    sentence: ClassVar[str] = "retired the journey {journey_key}"

    journey_key: str
    version_number: int
    successor_key: str
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.journey_key


@dataclass(frozen=True, kw_only=True)
class ActualRecorded(Event):
    """The actual of an objective was measured, or entered by hand."""

    name: ClassVar[str] = "aims.actual.recorded"
    object_type: ClassVar[str] = "objective"
    sentence: ClassVar[str] = "recorded the actual of {objective_key} for {on}"

    objective_key: str
    segment_key: str
    actual_id: int
    origin: str
    on: str

    @property
    def object_key(self) -> str:
        return self.objective_key


@dataclass(frozen=True, kw_only=True)
class EffortRecorded(Event):
    """What was spent on a segment in a period was recorded, or taken back."""

    name: ClassVar[str] = "aims.effort.recorded"
    object_type: ClassVar[str] = "segment"
    sentence: ClassVar[str] = "{change} an effort for {segment_key}"

    segment_key: str
    effort_id: int
    change: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class WeightsSet(Event):
    """What counts how much in the priority of segments was set anew."""

    name: ClassVar[str] = "aims.weights.set"
    object_type: ClassVar[str] = "priorities"
    sentence: ClassVar[str] = "set version {weights_number} of the weights of priorities"

    weights_number: int

    @property
    def object_key(self) -> str:
        return str(self.weights_number)


@dataclass(frozen=True, kw_only=True)
class ReleasePublished(Event):
    """A release of the taxonomy was published to everybody."""

    name: ClassVar[str] = "aims.release.published"
    object_type: ClassVar[str] = "release"
    sentence: ClassVar[str] = "published release {release_number} of the taxonomy"

    release_number: int

    @property
    def object_key(self) -> str:
        return str(self.release_number)


@dataclass(frozen=True, kw_only=True)
class QuickWinPublished(Event):
    """The measured result of a change that was flagged as a quick win was published."""

    name: ClassVar[str] = "aims.quick_win.published"
    object_type: ClassVar[str] = "segment"
    sentence: ClassVar[str] = "published the result of request {request_ref} for {segment_key}"

    segment_key: str
    request_ref: str
    result_id: int

    @property
    def object_key(self) -> str:
        return self.segment_key
