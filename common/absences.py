"""What people are told while a server that the portal stands on does not answer."""

import redis
from django.db import InterfaceError, OperationalError


def what_is_away(error: BaseException | None) -> str:
    """The sentence for a page or problem with status 503; empty when the error is another one."""
    if isinstance(error, OperationalError | InterfaceError):
        return "The database does not answer right now. Nothing was changed; try again in a moment."
    if isinstance(error, redis.ConnectionError | redis.TimeoutError):
        # The cache is asked before and after a deed, so that it may have been done.
        return "The cache does not answer right now. Try again in a moment; look first whether it was done."
    return ""
