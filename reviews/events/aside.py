"""Who stands aside from a request, and who from outside was asked."""

from dataclasses import dataclass
from typing import ClassVar

from reviews.events.requests import OfRequest


@dataclass(frozen=True, kw_only=True)
class AsideDeclared(OfRequest):
    """Somebody stands aside from a request: a conflict of interest, or a recusal."""

    name: ClassVar[str] = "reviews.aside.declared"
    sentence: ClassVar[str] = "declared that {username} stands aside from request {request_id}: {kind}"

    declaration_id: int
    username: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class AsideWithdrawn(OfRequest):
    """Somebody decides again about a request from which they stood aside."""

    name: ClassVar[str] = "reviews.aside.withdrawn"
    sentence: ClassVar[str] = "withdrew the declaration that {username} stands aside from request {request_id}"

    declaration_id: int
    username: str


@dataclass(frozen=True, kw_only=True)
class OutsiderInvited(OfRequest):
    """A board member asked somebody from outside for their yes or no."""

    name: ClassVar[str] = "reviews.outsider.invited"
    sentence: ClassVar[str] = "invited {invited} from outside to answer on request {request_id}"

    invitation_id: int
    invited: str


@dataclass(frozen=True, kw_only=True)
class OutsiderReminded(OfRequest):
    """Somebody from outside was sent another link; the earlier one leads nowhere."""

    name: ClassVar[str] = "reviews.outsider.reminded"
    sentence: ClassVar[str] = "sent {invited} from outside another link to request {request_id}"

    invitation_id: int
    invited: str


@dataclass(frozen=True, kw_only=True)
class OutsiderUninvited(OfRequest):
    """An invitation was taken back unanswered."""

    name: ClassVar[str] = "reviews.outsider.uninvited"
    sentence: ClassVar[str] = "took the invitation of {invited} to request {request_id} back"

    invitation_id: int
    invited: str


@dataclass(frozen=True, kw_only=True)
class OutsiderAnswered(OfRequest):
    """Somebody from outside answered through their link."""

    name: ClassVar[str] = "reviews.outsider.answered"
    sentence: ClassVar[str] = "took the answer of {invited} from outside on request {request_id}: {verdict}"

    invitation_id: int
    invited: str
    verdict: str
    digest: str
