"""What a policy would demand of the changes that boards see most, in words, before anybody saves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.choices import Function
from reviews.conditions import requirement_in_words, resolve

NAMES = {value: label.lower() for value, label in Function.choices}
_STILL = {
    "kind": "change", "subject_type": "segment", "metadata_only": False, "sensitive": False, "bulk": False,
    "relation": "no_effect", "is_proved": True, "members_moved": 0, "share_moved": 0.0, "revenue_moved": 0,
}  # fmt: skip
_UNKNOWN = {"relation": None, "is_proved": False, "members_moved": None, "share_moved": None, "revenue_moved": None}
TYPICAL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Only the name or the meaning of a segment is worded anew", {"metadata_only": True}),
    ("A rule is written otherwise and selects exactly the same, proved", {}),
    (
        "A rule becomes narrower: 20 of 2,000 members leave (1%), with 1,000 of revenue",
        {"relation": "narrower", "members_moved": 20, "share_moved": 0.01, "revenue_moved": 1_000},
    ),
    (
        "A rule selects others: 1,500 of 5,000 members move (30%), with 250,000 of revenue",
        {"relation": "shifted", "members_moved": 1_500, "share_moved": 0.3, "revenue_moved": 250_000},
    ),
    (
        "A rule begins to read a sensitive attribute: 200 of 4,000 members move (5%), with 10,000 of revenue",
        {
            "relation": "shifted", "sensitive": True, "members_moved": 200, "share_moved": 0.05,
            "revenue_moved": 10_000,
        },
    ),
    ("A new segment, whose effect nobody could compute", {**_UNKNOWN, "kind": "create"}),
    ("A segment is split", {**_UNKNOWN, "kind": "split", "bulk": True}),
    ("A segment is retired, with all 800 of its members", {
        "kind": "retire", "relation": "unrelated", "members_moved": 800, "share_moved": 1.0, "revenue_moved": 90_000,
    }),
)  # fmt: skip
"""Changes in words, each with the facts that a board's conditions may ask for."""


@dataclass(frozen=True)
class Demanded:
    """One typical change: what the policy would ask for, and which of its conditions for what."""

    change: str
    asks: str
    because: list[str]
    is_light: bool
    is_strictest: bool


def demanded(policy: Mapping[str, Any]) -> list[Demanded]:
    """What a sound policy would ask of each of the typical changes."""
    found: list[Demanded] = []
    for change, facts in TYPICAL:
        asked = resolve(policy, {**_STILL, **facts})
        because = [f"{item['condition']}: {item['adds']}" for item in asked.because]
        found.append(Demanded(change, requirement_in_words(asked, NAMES), because, asked.light, asked.strictest))
    return found


def besides_sentences(policy: Mapping[str, Any]) -> list[str]:
    """What a policy asks for or lets pass besides approvals, in sentences."""
    asked = resolve({**policy, "conditions": []}, {})
    extra = requirement_in_words(asked, NAMES) if asked.people or asked.outsiders or asked.demands else ""
    due, tolerance = policy.get("due_days"), policy.get("tolerance")
    return [
        *([f"In all: {extra[0].lower()}{extra[1:]}"] if extra else []),
        *([f"{asked.notice_days} days of notice lie between approval and effect."] if asked.notice_days else []),
        *([f"A decision is due after {due} days."] if due else []),
        *([f"An approved change is applied while its impact is off by {float(tolerance):.0%} at most; "
           "beyond that the board looks again."] if tolerance is not None else []),
    ]  # fmt: skip
