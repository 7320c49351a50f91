"""Facts about freezes; the reasons stand with the freeze."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class _FreezeEvent(Event):
    object_type: ClassVar[str] = "freeze"

    freeze_id: int
    scope: str
    key: str

    @property
    def object_key(self) -> str:
        return f"{self.scope}:{self.key}" if self.key else self.scope


@dataclass(frozen=True, kw_only=True)
class FreezeBegun(_FreezeEvent):
    """Somebody stopped something."""

    name: ClassVar[str] = "safeguards.freeze.begun"
    sentence: ClassVar[str] = "froze {scope} {key} (freeze {freeze_id})"


@dataclass(frozen=True, kw_only=True)
class FreezeLifted(_FreezeEvent):
    """Somebody, or its own end, let it go on."""

    name: ClassVar[str] = "safeguards.freeze.lifted"
    sentence: ClassVar[str] = "lifted the freeze of {scope} {key} (freeze {freeze_id})"

    is_ended: bool
