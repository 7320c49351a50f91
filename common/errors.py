"""The refusals of the domain; mapped to a response once, in `common.api.errors` and `common.web.middleware`."""

from collections.abc import Sequence
from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal: a plain sentence for the person (`detail`), a stable `code` and, where known, the offending place."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "Not accepted"
    code: str = "refused"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        pointer: str | None = None,
        errors: Sequence[dict[str, Any]] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.pointer = pointer
        self.extra = extra or {}
        # Whether the ledger has the attempt already: who refuses within a story enters it there.
        self.is_entered = False
        self.errors: list[dict[str, Any]] = (
            list(errors) if errors is not None else [{"code": self.code, "detail": detail, "pointer": pointer}]
        )


class Invalid(DomainError):
    """The input cannot be accepted as it stands."""

    status = 400
    title = "The input is not valid"
    code = "invalid"


class NotAllowed(DomainError):
    """The person may not do this; the detail says why and who can."""

    status = 403
    title = "Not allowed"
    code = "not_allowed"


class NotFound(DomainError):
    """There is no such thing, or the viewer may not see it."""

    status = 404
    title = "Not found"
    code = "not_found"


class Conflict(DomainError):
    """The thing has changed meanwhile, or its state does not permit the deed."""

    status = 409
    title = "In conflict with the current state"
    code = "conflict"


class Stale(Conflict):
    """The client's copy is out of date (If-Match failed)."""

    status = 412
    title = "Your copy is out of date"
    code = "stale"


class TooLarge(Invalid):
    """The input exceeds a stated limit of size."""

    status = 413
    title = "Too large"
    code = "too_large"


class Unavailable(DomainError):
    """A part that the deed needs does not answer now; try again later."""

    status = 503
    title = "Not available right now"
    code = "unavailable"
