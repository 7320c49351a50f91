"""What may break a run, as a code and as plain advice; what never gets better by trying again."""

import errno
from typing import Final

from django.db import InterfaceError, OperationalError

from common.errors import DomainError, Unavailable
from customers.errors import NoSuchBuild
from memberships.errors import EngineUnavailable, NotRepeatable, UnknownEngine

LOST_WORKER: Final = "worker_lost"
UNEXPECTED: Final = "unexpected"
_KEPT = "The members shown are those of the last run that succeeded."

ADVICE: Final[dict[str, str]] = {
    LOST_WORKER: (
        f"The worker stopped three times while it computed this run. {_KEPT} Check that the machine has enough memory "
        "and disk, then try again."
    ),
    "memory": (
        f"There was not enough memory for the computation, three times. {_KEPT} Give the worker more memory, or "
        "compute in shards (SEGPORTAL_ENGINE=shards), then try again."
    ),
    "disk": f"The disk was full or not writable, three times. {_KEPT} Make room for the builds, then try again.",
    "database": (
        f"The database could not be reached, or was too busy, three times. {_KEPT} Check that it is running, then try "
        "again."
    ),
    "busy": f"Customers were written without a pause, three times. {_KEPT} Try again when the import has ended.",
    "build_gone": (
        f"The files of the profile build disappeared while the run read them, three times. {_KEPT} Check the folder of "
        "the builds, then try again: a new build is made."
    ),
    "engine_unavailable": f"The engine that should compute this run is not available. {_KEPT}",
    "not_repeatable": "This run cannot be repeated.",
    UNEXPECTED: (
        f"The run failed three times. {_KEPT} An administrator finds the cause in the log under the run's number; then "
        "try again."
    ),
}
# Another try would end alike.
FINAL: Final = frozenset({"engine_unavailable", "not_repeatable"})


def code_of(error: BaseException) -> str:
    """Which kind of mishap it is."""
    match error:
        case EngineUnavailable() | UnknownEngine():
            return "engine_unavailable"
        case NotRepeatable():
            return "not_repeatable"
        case NoSuchBuild():
            return "build_gone"
        case Unavailable():
            return "busy"
        case MemoryError():
            return "memory"
        case OperationalError() | InterfaceError():
            return "database"
        case OSError() if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ENOTDIR}:
            return "disk"
        case _:
            return UNEXPECTED


def advice_for(error: BaseException) -> str:
    """Advice for people; of a refusal its own words, never the text of any other error."""
    code = code_of(error)
    if code in FINAL and isinstance(error, DomainError):
        return f"{ADVICE[code]} {error.detail}"
    return ADVICE[code]
