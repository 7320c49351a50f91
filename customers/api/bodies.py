"""Reads the body of a call within limits, whatever its headers say, and unpacks it."""

import zlib
from typing import Final

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from customers.errors import CallTooLarge, UnsoundCall

# Beyond what any client sends; what lies between this and the limit of a batch is told its exact size.
MOST: Final = 2 * 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_PIECE: Final = 64 * 1024


def read_body(request: HttpRequest) -> bytes:
    """The body, unpacked where it is gzip; the content type is not looked at.

    Refuses: `CallTooLarge` beyond `MOST`, packed or unpacked; `UnsoundCall` for what cannot be unpacked.
    """
    raw = _raw(request)
    named = request.headers.get("Content-Encoding", "").strip().lower()
    if named not in ("", "identity", "gzip", "x-gzip"):
        raise UnsoundCall(f"The body is packed as {named[:20]}; only gzip is understood.", code="unknown_encoding")
    if raw.startswith(_GZIP):
        return _unpacked(raw)
    if "gzip" in named and raw:
        raise UnsoundCall("The body is said to be gzip and is not.", code="not_gzip")
    return raw


def _raw(request: HttpRequest) -> bytes:
    stated = request.META.get("CONTENT_LENGTH") or ""
    if stated.isdecimal() and int(stated) > MOST:
        raise _too_large()
    # Django reads nothing where no length is stated; the server says whether it ends the body by itself.
    chunked = not stated and bool(request.META.get("wsgi.input_terminated"))
    source = request.META["wsgi.input"] if chunked else request
    pieces: list[bytes] = []
    length = 0
    try:
        while piece := source.read(_PIECE):
            length += len(piece)
            if length > MOST:
                raise _too_large()
            pieces.append(piece)
    except (UnreadablePostError, OSError, ValueError) as error:
        raise UnsoundCall("The body ended before it was complete.", code="cut_off") from error
    return b"".join(pieces)


def _unpacked(raw: bytes) -> bytes:
    made = bytearray()
    try:
        while raw:
            inflating = zlib.decompressobj(wbits=31)
            made += inflating.decompress(raw, MOST + 1 - len(made))
            if len(made) > MOST:
                raise _too_large()
            if not inflating.eof:
                raise UnsoundCall("The gzip body is cut off.", code="not_gzip")
            raw = inflating.unused_data
    except zlib.error:
        raise UnsoundCall("The gzip body is damaged.", code="not_gzip") from None
    return bytes(made)


def _too_large() -> CallTooLarge:
    return CallTooLarge(f"The body is larger than {MOST // 1024 // 1024} MiB.")
