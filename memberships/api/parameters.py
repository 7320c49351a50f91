"""What memberships' addresses may ask: instants, limits and places to go on at."""

import base64
import binascii
import json
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.utils.dateparse import parse_date, parse_datetime
from rest_framework.request import Request

from common.errors import Invalid

MOST = 10_000
USUAL = 500
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def instant(request: Request, name: str) -> datetime | None:
    """The instant of a parameter: ISO 8601, UTC unless it says otherwise; a bare date is its first moment."""
    # A plus sign that was not encoded arrives as a space.
    text = request.query_params.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        moment = parse_datetime(text)
        day = None if moment else parse_date(text)
    except ValueError:
        moment = day = None
    if moment is None and day is not None:
        moment = datetime.combine(day, time(), UTC)
    if moment is None:
        detail = f"“{text[:40]}” is not an instant. Write it like 2026-01-31T12:00:00Z."
        raise Invalid(detail, code="not_an_instant", pointer=f"/{name}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def limit(request: Request) -> int:
    """How many a page may hold."""
    text = request.query_params.get("limit", "")
    if not text:
        return USUAL
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST:
        raise Invalid(f"A page holds 1 to {MOST:,} rows.", code="limit_out_of_range", pointer="/limit")
    return int(text)


def cursor(request: Request, *, length: int) -> tuple[int, ...] | None:
    """The numbers that a cursor of ours holds."""
    text = request.query_params.get("cursor", "")
    if not text:
        return None
    try:
        found: Any = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, RecursionError, binascii.Error):
        found = None
    if not isinstance(found, list) or len(found) != length or not all(type(part) is int for part in found):
        raise Invalid("This cursor is not one of ours. Begin without it.", code="bad_cursor", pointer="/cursor")
    if not all(-1 <= part < 2**62 for part in found):
        raise Invalid("This cursor is not one of ours. Begin without it.", code="bad_cursor", pointer="/cursor")
    return tuple(found)


def stored_instant(moment: datetime | None) -> int:
    """An instant as a cursor holds it; -1 for none."""
    return -1 if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def instant_stored(number: int) -> datetime | None:
    """The instant that a cursor holds."""
    try:
        return None if number < 0 else _EPOCH + timedelta(microseconds=number)
    except OverflowError:
        raise Invalid(
            "This cursor is not one of ours. Begin without it.", code="bad_cursor", pointer="/cursor"
        ) from None


def next_url(request: Request, parts: tuple[int, ...] | None) -> str | None:
    """The address of the next page."""
    if parts is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = base64.urlsafe_b64encode(json.dumps(list(parts)).encode()).decode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
