"""The bypass matrix: every way to write, every governed thing, and by what right the one may change the other.

A test walks through all of them and compares what it finds with `doors.json`; a way that is not recorded there, or that
changes what it is not allowed to change, fails it.
"""

import functools
import json
from dataclasses import dataclass
from pathlib import Path

RECORDED = Path(__file__).with_name("doors.json")

# Governed thing -> the tables and columns in which it stands ("*": every column).
GUARDED: dict[str, dict[str, tuple[str, ...]]] = {
    "segments": {
        "taxonomy_segment": ("key", "parent_id", "status", "successor_id"),
        "taxonomy_segmentversion": ("*",),
        "taxonomy_enactment": ("*",),
    },
    "terms, metrics, guideline": {"taxonomy_definition": ("*",), "taxonomy_definitionversion": ("*",)},
    "objectives": {"taxonomy_objective": ("*",)},
    "attributes in use": {"customers_attribute": ("*",)},
    "playbooks": {"playbooks_playbook": ("*",), "playbooks_playbookversion": ("*",)},
    "briefs": {"training_brief": ("*",), "training_briefversion": ("*",)},
    "journeys": {"aims_journey": ("*",), "aims_journeyversion": ("*",)},
    "boards": {"reviews_board": ("*",), "reviews_seat": ("*",)},
}

# Ways that change something governed, and by what right. Everything else must leave all of it as it was.
BY_RIGHT: dict[str, str] = {
    "votes": "a vote that completes what the board's policy asks for; the vote is bound to what it saw",
    "due": "an approved request whose effective date has come, examined once more",
    "emergency": "break glass: two clicks, a reason, a time box, and a review that is owed",
    "set-up": "set-up by an administrator or steward while no board governs this; refused from then on",
    "unused": "a steward's own definition, as long as no rule in force reads the attribute",
}


@dataclass(frozen=True)
class Way:
    """One way to write, as the test walked it: what it changed of what is governed, and by what right."""

    name: str
    kind: str
    changes: dict[str, str]


@functools.cache
def ways() -> list[Way]:
    """All recorded ways, by kind and name."""
    rows = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    return [Way(name, name.partition(" ")[0], changes) for name, changes in rows.items()]
