"""Gives a file away: whole, or the part that the browser asks for."""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z", re.ASCII)
_CHUNK: Final = 256 * 1024
_TYPES: Final = {".csv": "text/csv; charset=utf-8", ".parquet": "application/vnd.apache.parquet"}


def file_response(request: HttpRequest, path: Path, *, name: str) -> HttpResponseBase:
    """The file as a download of that name (plain letters). One range of bytes is understood; otherwise it is whole."""
    size = path.stat().st_size
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    part = _part(request.headers.get("Range", ""), size)
    response: HttpResponseBase
    if part is not None and part[0] >= size:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        begin, end = part or (0, size - 1)
        count = end - begin + 1
        response = StreamingHttpResponse(_bytes(path, begin, count), status=206 if part else 200, content_type=kind)
        response["Content-Length"] = str(count)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        if part:
            response["Content-Range"] = f"bytes {begin}-{end}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    return response


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """(first, last) byte, or None for the whole."""
    found = _RANGE.match(asked)
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    begin, end = int(first), min(int(last) if last else size - 1, size - 1)
    return None if begin > end and begin < size else (begin, end)


def _bytes(path: Path, begin: int, count: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while count > 0 and (chunk := file.read(min(_CHUNK, count))):
            count -= len(chunk)
            yield chunk
