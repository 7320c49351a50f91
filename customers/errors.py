"""Refusals of the data storey."""

from common.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable


class NoSuchAttribute(NotFound):
    """No attribute of that key that the viewer may see."""

    code = "no_such_attribute"


class NoSuchSource(NotFound):
    """No source of that key."""

    code = "no_such_source"


class NoSuchCustomer(NotFound):
    """No customer of that external id that the viewer may see."""

    code = "no_such_customer"


class NoSuchImport(NotFound):
    """No import of that number that the viewer may see."""

    code = "no_such_import"


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


class ValuesHeld(Conflict):
    """Stored values would not fit the attribute any more."""

    code = "values_held"


class StaleBase(Conflict):
    """The attribute changed after the proposal was written."""

    code = "stale_base"


class WrongImportState(Conflict):
    """The import is not in a state that permits the deed."""

    code = "wrong_import_state"
