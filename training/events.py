"""Facts about briefs and walkthroughs."""

from dataclasses import dataclass

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class BriefEnacted(Event):
    name = "training.brief.enacted"
    object_type = "brief"
    sentence = "put version {version_number} of the brief of {segment_key} into force"
    segment_key: str
    version_id: int
    version_number: int
    segment_version_number: int
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class BriefRetired(Event):
    name = "training.brief.retired"
    object_type = "brief"
    sentence = "retired the brief of {segment_key}, whose last version is {version_number}"
    segment_key: str
    version_number: int
    successor_key: str
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class ReviewOpened(Event):
    name = "training.review.opened"
    object_type = "brief"
    sentence = (
        "asked for a look at the brief of {segment_key}: it was written for version {written_for} of the rule, "
        "and version {segment_version_number} is in force"
    )
    segment_key: str
    written_for: int
    segment_version_number: int

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class StillCorrect(Event):
    name = "training.review.confirmed"
    object_type = "brief"
    sentence = "confirmed that the brief of {segment_key} still fits version {segment_version_number} of the rule"
    segment_key: str
    segment_version_number: int

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class WalkthroughStarted(Event):
    name = "training.walkthrough.started"
    object_type = "brief"
    sentence = "began the walkthrough of {segment_key}"
    segment_key: str
    version_number: int

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class WalkthroughCompleted(Event):
    name = "training.walkthrough.completed"
    object_type = "brief"
    sentence = (
        "completed the walkthrough of {segment_key} (version {version_number}), "
        "{right} of {asked} right at the first try"
    )
    segment_key: str
    version_number: int
    right: int
    asked: int

    @property
    def object_key(self) -> str:
        return self.segment_key
