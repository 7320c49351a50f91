"""Facts about playbooks."""

from dataclasses import dataclass

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class PlaybookEnacted(Event):
    name = "playbooks.version.enacted"
    object_type = "playbook"
    sentence = "put version {version_number} of the playbook of {segment_key} into force"
    segment_key: str
    version_id: int
    version_number: int
    segment_version_number: int
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class PlaybookRetired(Event):
    name = "playbooks.playbook.retired"
    object_type = "playbook"
    sentence = "retired the playbook of {segment_key}, whose last version is {version_number}"
    segment_key: str
    version_number: int
    successor_key: str
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class ReviewOpened(Event):
    name = "playbooks.review.opened"
    object_type = "playbook"
    sentence = (
        "asked for a look at the playbook of {segment_key}: it was written for version {written_for} of the rule, "
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
    name = "playbooks.review.confirmed"
    object_type = "playbook"
    sentence = "confirmed that the playbook of {segment_key} still fits version {segment_version_number} of the rule"
    segment_key: str
    segment_version_number: int

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class ReadingConfirmed(Event):
    name = "playbooks.reading.confirmed"
    object_type = "playbook"
    sentence = "read version {version_number} of the playbook of {segment_key}"
    segment_key: str
    version_number: int

    @property
    def object_key(self) -> str:
        return self.segment_key
