"""Refusals of upkeep."""

from common.errors import Conflict, Invalid, NotFound


class NoSuchThing(NotFound):
    """No such case, audit, ritual, meeting or kept thing, or it is not open to the viewer."""

    code = "no_such_thing"


class IllegalMove(Conflict):
    """The thing does not stand where that move starts."""

    code = "illegal_move"


class ClosedAudit(Conflict):
    """The audit was signed by both and is closed; its report does not change any more."""

    code = "closed_audit"


class NotReady(Conflict):
    """Something has to be done before."""

    code = "not_ready"


class FourEyes(Conflict):
    """One person may not do both parts."""

    code = "four_eyes"


class InvalidUpkeep(Invalid):
    """What was written does not hold together."""

    code = "invalid_upkeep"
