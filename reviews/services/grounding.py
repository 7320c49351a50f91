"""Tells when what a proposal rests on has moved since it was put before its board, and says what, in words."""

from collections.abc import Mapping
from typing import Any

from common.errors import DomainError
from reviews.models import ChangeRequest, Impact
from reviews.subjects import subject_for


def ground_moved(request: ChangeRequest, impact: Impact | None) -> str | None:
    """What moved under the request since `impact` was put before the board, in a sentence; None when nothing did."""
    if impact is None or not impact.grounds:
        return None
    subject = subject_for(request.subject_type)
    try:
        today = subject.grounds(request.kind, request.subject_key, dict(request.proposed))
    except DomainError as refused:
        return f"what it proposes can no longer be read: {refused.detail.rstrip('.')}"
    moved = [name for name, ground in impact.grounds.items() if not _is_same(ground, today.get(name))]
    if not moved:
        return None
    first = _words(moved[0], impact.grounds[moved[0]], today.get(moved[0]))
    rest = ", ".join(name.partition(":")[2] for name in moved[1:4])
    return f"{first}; so did {rest}" if rest else first


def _is_same(then: Mapping[str, Any], now: Mapping[str, Any] | None) -> bool:
    return now is not None and now.get("of") == then.get("of")


def _words(name: str, then: Mapping[str, Any], now: Mapping[str, Any] | None) -> str:
    kind, _, key = name.partition(":")
    if now is None:
        return f"{key}, on which this rests, is no longer in use"
    changed = {
        "segment": "what {key} means, on which this rests, has changed",
        "attribute": "the attribute {key}, which its rule reads, means something else",
    }.get(kind, "{key}, on which this rests, has changed").format(key=key)
    return f"{changed}: version {now.get('version')} is live now, and the board was shown version {then.get('version')}"
