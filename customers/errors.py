"""Refusals of the data storey."""

from common.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, TooLarge, Unavailable


class NoSuchAttribute(NotFound):
    """No attribute of that key that the viewer may see."""

    code = "no_such_attribute"


class NoSuchSource(NotFound):
    """No source of that key."""

    code = "no_such_source"


class NoSuchCustomer(NotFound):
    """No customer of that external id that the viewer may see."""

    code = "no_such_customer"


class MergedAway(NotFound):
    """The customer is part of another one now, whom `extra["merged_into"]` names."""

    code = "merged_customer"


class NoSuchImport(NotFound):
    """No import of that number that the viewer may see."""

    code = "no_such_import"


class NoSuchProblem(NotFound):
    """No problem of events of that number that the viewer may see."""

    code = "no_such_problem"


class CannotApplyAgain(Conflict):
    """Applying the stored events again would change nothing."""

    code = "cannot_apply_again"


class NoSuchBuild(NotFound):
    """No profile build of that number, or its files are gone."""

    code = "no_such_build"


class InvalidAttribute(Invalid):
    """The description of an attribute does not hold together."""

    code = "invalid_attribute"


class InvalidSource(Invalid):
    """The description of a source does not hold together."""

    code = "invalid_source"


class InvalidValues(Invalid):
    """Values of a customer do not fit the catalogue; nothing was stored."""

    code = "invalid_values"


class UnreadableFile(Invalid):
    """The file cannot be read as what it claims to be."""

    code = "unreadable_file"


class UploadTooLarge(TooLarge):
    """The file exceeds the limit of the portal."""

    code = "upload_too_large"


class NoRoom(Unavailable):
    """The disk of the portal has no room for the file."""

    code = "no_room"


class LiveAttribute(Conflict):
    """The change alters what live segments mean, so it goes through a change request."""

    code = "live_attribute"


class AttributeOutOfUse(Conflict):
    """The attribute was retired; it can no longer be changed."""

    code = "attribute_retired"


class AttributeInUse(Conflict):
    """Rules in force, or other attributes, stand on the attribute that is to go."""

    code = "in_use"


class ValuesHeld(Conflict):
    """Stored values would not fit the attribute any more."""

    code = "values_held"


class StaleBase(Conflict):
    """The attribute changed after the proposal was written."""

    code = "stale_base"


class SourceFrozen(Conflict):
    """The source is frozen: nothing is taken from it by hand until the freeze is lifted."""

    code = "source_frozen"


class WrongImportState(Conflict):
    """The import is not in a state that permits the deed."""

    code = "wrong_import_state"


class UnknownWriteKey(DomainError):
    """No token in force has that text."""

    status = 401
    title = "Unknown write key"
    code = "unknown_write_key"


class CannotSend(NotAllowed):
    """The token is in force but does not hold the scope to send data."""

    code = "scope_missing"


class UnsoundCall(Invalid):
    """A call of the tracking API cannot be kept as it stands; nothing of it was stored."""

    code = "unsound_call"


class CallTooLarge(TooLarge):
    """The body of a call is far beyond what is taken, or inflates to it."""

    code = "too_large"


class TooManyCalls(DomainError):
    """The write key sends more calls than are taken; `extra` says when to come back."""

    status = 429
    title = "Too many calls"
    code = "too_many_calls"


class LakeRefused(Invalid):
    """No lake is set, the address is outside of it, or the file is not there."""

    code = "lake_refused"


class NoSuchEvent(NotFound):
    """No event of that number that the viewer may see."""

    code = "no_such_event"
