"""Refusals of the delivery; those of lookups in the terms of the OpenFeature Remote Evaluation Protocol."""

from common.errors import Invalid, NotFound


class TargetingKeyMissing(Invalid):
    """The context names no customer."""

    code = "TARGETING_KEY_MISSING"


class InvalidContext(Invalid):
    """The body holds no context that can be read."""

    code = "INVALID_CONTEXT"


class NoSuchNotice(NotFound):
    """There is no such announcement, or the viewer may not see its segment."""

    code = "no_such_notice"
