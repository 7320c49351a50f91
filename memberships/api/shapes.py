"""Answers whose form differs from the selectors' own."""

from typing import Any

from memberships.selectors import Explanation


def explanation_shape(external_id: str, found: Explanation) -> dict[str, Any]:
    """An explanation with its nearest miss counted and its history in words."""
    missing = found.nearest_miss
    return {
        "customer": external_id,
        "segment": found.segment_key,
        "version": found.version_number,
        "run": found.run_id,
        "as_of": found.as_of,
        "computed": found.is_computed,
        "member": found.member,
        "result": found.result,
        "will_move": found.will_move,
        "since": found.since,
        "clauses": found.clauses,
        "decisive": found.decisive,
        "nearest_miss": {"count": len(missing), "clauses": missing} if missing else None,
        "history": [
            {
                "at": move.at,
                "change": "entered" if move.entered else "left",
                "cause": move.cause,
                "run": move.run_id,
                "version": move.version_number,
                "previous_version": move.previous_version_number,
            }
            for move in found.history
        ],
    }
