"""Why reviews refuse."""

from typing import Any

from common.errors import Conflict, Invalid, NotAllowed, NotFound


class RequestUnknown(NotFound):
    """No request has this number, or the viewer may not see it."""

    code = "request_unknown"


class BoardUnknown(NotFound):
    """No board has this key."""

    code = "board_unknown"


class NoBoard(Conflict):
    """No board governs the subject, so nobody could decide."""

    code = "no_board"


class IllegalMove(Conflict):
    """The state graph has no such move."""

    code = "illegal_move"


class ChangedSinceOpened(Conflict):
    """The request is no longer what the person saw."""

    code = "changed_since_opened"


class AlreadyVoted(Conflict):
    """The person has voted on this revision."""

    code = "already_voted"


class BaseMoved(Conflict):
    """The live version is not the one that the request was written against."""

    code = "stale_base"


class NotDue(Conflict):
    """The request was approved for a later moment."""

    code = "not_due"


class CannotApply(Conflict):
    """The approved content can no longer take effect."""

    code = "cannot_apply"


class BoardOverlap(Conflict):
    """Another board governs the same branch and types."""

    code = "board_overlap"


class Recused(NotAllowed):
    """Somebody who shaped a request may not vote on it."""

    code = "own_request"


class StandsAside(NotAllowed):
    """Somebody who declared a conflict of interest, or recused themselves, does not vote."""

    code = "stands_aside"


class BoardGoverned(NotAllowed):
    """Boards are changed by a request, since a board decides about boards."""

    code = "board_governed"


class LinkInvalid(NotFound):
    """The link of an outsider leads nowhere: forged, cut off, or of nobody."""

    code = "link_invalid"


class LinkClosed(Conflict):
    """The link of an outsider was answered, revoked, or is past its time."""

    code = "link_closed"


class NoSeat(NotAllowed):
    """The person holds no seat in the board that decides."""

    code = "no_seat"


class ContentInvalid(Invalid):
    """The proposal cannot be accepted as it stands; `errors` says where."""

    code = "content_invalid"


class DraftUnknown(NotFound):
    """The viewer has no such draft of a rule."""

    code = "draft_unknown"


class DraftMoved(Conflict):
    """The draft was changed elsewhere; `mine` is what the change would have made of the state it was meant for."""

    code = "draft_moved"

    def __init__(self, detail: str, *, mine: dict[str, Any] | None) -> None:
        super().__init__(detail)
        self.mine = mine
