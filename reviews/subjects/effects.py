"""Turns what memberships computed into records that voters see and sign."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from memberships import selectors as memberships
from memberships.measures.suppression import is_small
from reviews.subjects.base import Effect


def membership_effect(impact: Any, more: Mapping[str, Any] | None = None) -> Effect:
    """The record of a changed rule: counts, moves, stakes and the build they were computed on; or why there are none.

    `more` is what else is known of the change; it stands in the record also where nothing could be counted.
    """
    if impact.not_computed_reason:
        reason = str(impact.not_computed_reason)
        return Effect({"form": "membership", "computed": False, "reason": reason, **(more or {})})
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
        "elsewhere": dict(impact.elsewhere),
        "members_digest": impact.members_digest,
        "digest_of_build": impact.build_digest,
        **_stakes(impact.stakes),
        **(more or {}),
    }
    record["small_groups"] = small_groups(record)
    samples = {name: [str(item) for item in found] for name, found in dict(impact.samples or {}).items()}
    return Effect(record, impact.build_number, samples)


def small_groups(record: Mapping[str, Any]) -> list[str]:
    """The counts of a record that are so small that they could point at persons, in words."""
    found = [name for name in ("entering", "leaving", "staying") if is_small(record.get(name) or 0)]
    for move in record.get("moves", ()):
        found += [f"{way} {move['name']}" for way in ("from", "to") if is_small(move[way])]
    found += [f"{way} elsewhere" for way in ("from", "to") if is_small((record.get("elsewhere") or {}).get(way, 0))]
    found += [f"looked after by {row['name']}" for row in record.get("account_owners", ()) if is_small(row["count"])]
    return found


def _stakes(stakes: Any | None) -> dict[str, Any]:
    if stakes is None:
        return {}
    found = {
        "revenue": dict(stakes.revenue),
        "consent_blocked": dict(stakes.consent_blocked),
        "account_owners": [dict(row) for row in stakes.account_owners],
    }
    return found | ({"account_owners_reason": stakes.owners_reason} if stakes.owners_reason else {})


def retirement_effect(key: str, more: Mapping[str, Any] | None = None) -> Effect:
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
            **(more or {}),
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
