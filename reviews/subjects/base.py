"""What every reviewable thing answers, and the small values that the answers are made of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from common.actors import Actor
from reviews.choices import CheckStatus

Content = dict[str, Any]


@dataclass(frozen=True)
class Live:
    """The version in force: its number and its full content."""

    version: int
    content: Content


@dataclass(frozen=True)
class Check:
    """One thing that was looked at before the board is asked: its result, why, and what would mend it."""

    name: str
    status: CheckStatus
    reason: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        """The check as it is stored and shown."""
        return {"name": self.name, "status": self.status.value, "reason": self.reason, "remedy": self.remedy}


@dataclass(frozen=True)
class Difference:
    """One field that would change: in words for people (`old`, `new`), with the machine's texts where they differ.

    `kind` is added, removed or changed; `form` says how to show it: words, code or list.
    """

    field: str
    label: str
    kind: str
    old: str
    new: str
    form: str = "words"
    old_text: str = ""
    new_text: str = ""

    def as_json(self) -> dict[str, str]:
        """The difference as it is stored and shown."""
        return asdict(self)


@dataclass(frozen=True)
class Examined:
    """Content in its one written form, with the checks that it passed or not."""

    content: Content
    checks: list[Check]


@dataclass(frozen=True)
class Effect:
    """What a change would do, as shown to voters: `record` is signed, `samples` (external ids) is not. `checks` are
    those that rest on it."""

    record: dict[str, Any]
    build_number: int | None = None
    samples: dict[str, list[str]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)


@dataclass(frozen=True)
class Order:
    """An approved request on its way into effect."""

    kind: str
    key: str
    content: Content
    base_version: int | None
    rationale: str
    expected: str
    reference: str


class PlainSubject:
    """What most subjects answer alike; new ones inherit from it."""

    def grounds(self, kind: str, key: str, content: Content) -> dict[str, Any]:
        """The versions of all that the content rests on besides its own live version; nothing, for most."""
        return {}


class Subject(Protocol):
    """One type of reviewable thing. Only the modules of this room may import `*.services.enactment`."""

    type: str
    noun: str
    kinds: Sequence[str]

    def live(self, key: str) -> Live | None:
        """The version in force, None when nothing is."""
        ...

    def full_content(self, kind: str, key: str, proposed: Content, live: Live | None) -> Content:
        """The whole content that would be enacted; a partial change is completed from the live version.

        Raises `Invalid` (pointers below /proposed) for unknown fields and wrong shapes.
        """
        ...

    def check(self, *, viewer: Any, kind: str, key: str, content: Content) -> Examined:
        """The content and its checks as of today; raises a refusal where it could not be enacted at all."""
        ...

    def difference(self, kind: str, key: str, old: Content | None, new: Content) -> list[Difference]:
        """What changes, field by field, in words."""
        ...

    def effect(self, *, kind: str, key: str, content: Content) -> Effect:
        """What the change would do on the newest profile build."""
        ...

    def path(self, kind: str, key: str, content: Content) -> list[str]:
        """Segment keys from the root to the subject: the branch whose board decides and whose owners may propose."""
        ...

    def title(self, kind: str, key: str, content: Content) -> str:
        """A title for the request."""
        ...

    def url(self, key: str) -> str:
        """The page of the subject."""
        ...

    def grounds(self, kind: str, key: str, content: Content) -> dict[str, Any]:
        """The versions of all that the content rests on besides its own live version, by name.

        When one of them moves, what was signed no longer describes what would happen.
        """
        ...

    def apply(self, *, actor: Actor, order: Order) -> int:
        """Enact the content and return the number of the version that is in force afterwards."""
        ...
