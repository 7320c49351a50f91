"""Facts that the ledger itself announces."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class AttemptRefused(Event):
    """Somebody tried what they may not do; it was refused, and nothing else happened."""

    name: ClassVar[str] = "ledger.attempt.refused"
    object_type: ClassVar[str] = "attempt"
    sentence: ClassVar[str] = "tried {deed} on {about} and was refused: {reason}"

    about: str
    deed: str
    code: str
    reason: str
    through: str

    @property
    def object_key(self) -> str:
        return self.about[:120]


@dataclass(frozen=True, kw_only=True)
class ReadsSealed(Event):
    """The readings from `first_id` to `last_id` stand in the chain by their digest."""

    name: ClassVar[str] = "ledger.reads.sealed"
    object_type: ClassVar[str] = "readings"
    sentence: ClassVar[str] = "sealed {count} readings of personal data ({first_id} to {last_id})"

    first_id: int
    last_id: int
    count: int
    digest: str

    @property
    def object_key(self) -> str:
        return str(self.last_id)


@dataclass(frozen=True, kw_only=True)
class HeadPublished(Event):
    """A signed head of the chain left the portal."""

    name: ClassVar[str] = "ledger.head.published"
    object_type: ClassVar[str] = "head"
    sentence: ClassVar[str] = "published head {entry_id} of the chain, signed by key {key_id}"

    entry_id: int
    hash: str
    key_id: str

    @property
    def object_key(self) -> str:
        return str(self.entry_id)


@dataclass(frozen=True, kw_only=True)
class ChainFoundBroken(Event):
    """A check found that the chain does not hold."""

    name: ClassVar[str] = "ledger.chain.broken"
    object_type: ClassVar[str] = "head"
    sentence: ClassVar[str] = "found the chain broken at entry {first_bad}: {reason}"

    first_bad: int
    reason: str

    @property
    def object_key(self) -> str:
        return str(self.first_bad)
