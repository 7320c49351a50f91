"""Turns what memberships computed into records that voters see and sign."""

from datetime import datetime
from typing import Any

from memberships import selectors as memberships
from reviews.subjects.base import Effect


def membership_effect(impact: Any) -> Effect:
    """The record of a changed rule: counts, moves and the build they were computed on; or why there are none."""
    if impact.not_computed_reason:
        return Effect({"form": "membership", "computed": False, "reason": str(impact.not_computed_reason)})
    record = {
        "form": "membership",
        "computed": True,
        "entering": impact.entering,
        "leaving": impact.leaving,
        "staying": impact.staying,
        "total": impact.total,
        "population": impact.population,
        "build": impact.build_number,
        "as_of": _instant(impact.as_of),
        "moves": [dict(move) for move in impact.moves],
    }
    samples = {name: [str(item) for item in found] for name, found in dict(impact.samples or {}).items()}
    return Effect(record, impact.build_number, samples)


def retirement_effect(key: str) -> Effect:
    """The record of a retirement: everybody leaves."""
    size = memberships.size_of(key)
    if size.size is None:
        reason = size.reason or "The membership of this segment has not been computed yet."
        return Effect({"form": "membership", "computed": False, "reason": reason})
    return Effect(
        {
            "form": "membership",
            "computed": True,
            "entering": 0,
            "leaving": size.size,
            "staying": 0,
            "total": 0,
            "population": None,
            "build": None,
            "run": size.run_id,
            "as_of": _instant(size.as_of),
            "moves": [],
        }
    )


def readers_effect(key: str, noun: str) -> Effect:
    """The record of changed words: how many customers the segment has to which they apply."""
    size = memberships.size_of(key)
    count = size.size
    return Effect(
        {
            "form": "content",
            "computed": count is not None,
            "reason": "" if count is not None else "The membership of this segment has not been computed yet.",
            "noun": noun,
            "segment": key,
            "members": count,
            "run": size.run_id,
            "as_of": _instant(size.as_of),
        }
    )


def uses_effect(uses: list[dict[str, str]]) -> Effect:
    """The record of a changed attribute: what reads it."""
    return Effect({"form": "uses", "computed": True, "reason": "", "uses": uses})


def _instant(value: datetime | str | None) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else value
