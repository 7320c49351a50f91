"""Decisions as people write them: a line each, with segments as [key] and a change request as #12."""

import re
from typing import Any

_SEGMENT = re.compile(r"\[([a-z0-9][a-z0-9_-]{0,62})\]")
_REQUEST = re.compile(r"#(\d{1,9})\b")


def read_decisions(lines: list[str]) -> list[dict[str, Any]]:
    """What the services take. The text stays as it was written."""
    return [_read(line) for line in lines]


def _read(line: str) -> dict[str, Any]:
    request = _REQUEST.search(line)
    return {"text": line, "segments": _SEGMENT.findall(line), "request": int(request[1]) if request else None}
