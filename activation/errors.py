"""Refusals in the terms of the OpenFeature Remote Evaluation Protocol."""

from common.errors import Invalid


class TargetingKeyMissing(Invalid):
    """The context names no customer."""

    code = "TARGETING_KEY_MISSING"


class InvalidContext(Invalid):
    """The body holds no context that can be read."""

    code = "INVALID_CONTEXT"
