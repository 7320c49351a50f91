"""Refusals of aims."""

from common.errors import Conflict, Invalid, NotFound


class JourneyUnknown(NotFound):
    """There is no such journey."""

    code = "journey_unknown"


class JourneyRetired(Conflict):
    """The journey was retired; it can be neither changed nor retired again."""

    code = "journey_retired"


class JourneyInvalid(Invalid):
    """The content of a journey cannot be enacted as it stands; `errors` says where."""

    code = "journey_invalid"


class KeyTaken(Conflict):
    """A journey with this key exists already; keys are never used twice."""

    code = "key_taken"


class StaleBase(Conflict):
    """The live version is not the one that the decision was made about."""

    code = "stale_base"


class ReleaseUnknown(NotFound):
    """There is no such release."""

    code = "release_unknown"


class NotMeasurable(Conflict):
    """The actual cannot be measured from data now; the detail says why."""

    code = "not_measurable"
