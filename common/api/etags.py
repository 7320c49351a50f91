"""ETag and If-Match on what can be edited."""

from typing import Any

from rest_framework.response import Response

from common.digests import digest_of
from common.errors import Stale


def etag_of(*parts: Any) -> str:
    """A strong entity tag over JSON values that identify the version of a thing."""
    return f'"{digest_of([str(part) for part in parts])[:32]}"'


def check_if_match(request: Any, etag: str) -> None:
    """Raise `Stale` (412) when the client sent an If-Match that does not name the current version."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return
    if etag not in [part.strip() for part in given.split(",")]:
        raise Stale("It was changed since you read it. Read it again and repeat your change.")


def with_etag(response: Response, etag: str) -> Response:
    """The response with its ETag header."""
    response["ETag"] = etag
    return response
