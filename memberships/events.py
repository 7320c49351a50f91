"""Facts that memberships announces."""

from dataclasses import dataclass
from typing import Any, ClassVar

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
class RunCompared(Event):
    name: ClassVar[str] = "memberships.run.compared"
    object_type: ClassVar[str] = "run"
    sentence: ClassVar[str] = "repeated run {repeats} as run {run_id}: {verdict}"

    run_id: int
    repeats: int
    verdict: str

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


@dataclass(frozen=True, kw_only=True)
class MembershipsMoved(Event):
    name: ClassVar[str] = "memberships.moved"
    object_type: ClassVar[str] = "run"
    sentence: ClassVar[str] = "made {moved} moves in {segments} segments after changes of {customers} customers"

    run_id: int
    customers: int
    segments: int
    moved: int
    # segment_key, version_number, entered, left, size
    changes: list[dict[str, Any]]

    @property
    def object_key(self) -> str:
        return str(self.run_id)


@dataclass(frozen=True, kw_only=True)
class ListKept(Event):
    name: ClassVar[str] = "memberships.list.kept"
    object_type: ClassVar[str] = "list"
    sentence: ClassVar[str] = "kept list {list_id} of {size} customers: {expression}"

    list_id: int
    expression: str
    size: int
    digest: str

    @property
    def object_key(self) -> str:
        return str(self.list_id)


@dataclass(frozen=True, kw_only=True)
class ListDiscarded(Event):
    name: ClassVar[str] = "memberships.list.discarded"
    object_type: ClassVar[str] = "list"
    sentence: ClassVar[str] = "discarded list {list_id} of {size} customers"

    list_id: int
    size: int

    @property
    def object_key(self) -> str:
        return str(self.list_id)


@dataclass(frozen=True, kw_only=True)
class ListRestored(Event):
    name: ClassVar[str] = "memberships.list.restored"
    object_type: ClassVar[str] = "list"
    sentence: ClassVar[str] = "brought list {list_id} of {size} customers back"

    list_id: int
    size: int

    @property
    def object_key(self) -> str:
        return str(self.list_id)


@dataclass(frozen=True, kw_only=True)
class ExportRequested(Event):
    name: ClassVar[str] = "memberships.export.requested"
    object_type: ClassVar[str] = "export"
    sentence: ClassVar[str] = "asked for file {export_id} ({format}) of {what}, with {columns}"

    export_id: int
    what: str
    format: str
    columns: list[str]

    @property
    def object_key(self) -> str:
        return str(self.export_id)


@dataclass(frozen=True, kw_only=True)
class ExportWritten(Event):
    name: ClassVar[str] = "memberships.export.written"
    object_type: ClassVar[str] = "export"
    sentence: ClassVar[str] = "wrote file {export_id} of {rows} rows"

    export_id: int
    rows: int
    bytes: int

    @property
    def object_key(self) -> str:
        return str(self.export_id)


@dataclass(frozen=True, kw_only=True)
class ExportDownloaded(Event):
    name: ClassVar[str] = "memberships.export.downloaded"
    object_type: ClassVar[str] = "export"
    sentence: ClassVar[str] = "downloaded file {export_id}"

    export_id: int

    @property
    def object_key(self) -> str:
        return str(self.export_id)


@dataclass(frozen=True, kw_only=True)
class LakeExported(Event):
    name: ClassVar[str] = "memberships.lake.exported"
    object_type: ClassVar[str] = "lake"
    sentence: ClassVar[str] = "wrote {rows} rows of {what} to the lake"

    what: str
    folder: str
    rows: int
    files: int

    @property
    def object_key(self) -> str:
        return self.folder


@dataclass(frozen=True, kw_only=True)
class ShadowStarted(Event):
    name: ClassVar[str] = "memberships.shadow.started"
    object_type: ClassVar[str] = "shadow"
    sentence: ClassVar[str] = "let a candidate rule run in the shadow until {ends_on}"

    shadow_id: int
    segment_key: str
    ends_on: str

    @property
    def object_key(self) -> str:
        return str(self.shadow_id)


@dataclass(frozen=True, kw_only=True)
class ShadowStopped(Event):
    name: ClassVar[str] = "memberships.shadow.stopped"
    object_type: ClassVar[str] = "shadow"
    sentence: ClassVar[str] = "ended a shadow after {days} days: {reason}"

    shadow_id: int
    segment_key: str
    days: int
    reason: str

    @property
    def object_key(self) -> str:
        return str(self.shadow_id)
