"""Undo and redo over states of a draft: bounded in steps and in size, and typing in one field is one step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

MOST_STEPS = 100
MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Step:
    """A state, the revision that wrote it, and what was touched: the same touch again belongs to the same step."""

    state: dict[str, Any]
    revision: int
    touch: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The steps, oldest first, and which of them is shown."""

    steps: tuple[Step, ...]
    at: int

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.steps[self.at]

    @property
    def can_undo(self) -> bool:
        """Whether there is a step before."""
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step after."""
        return self.at < len(self.steps) - 1

    def recorded(self, step: Step) -> History:
        """With a new step after the shown one; what was undone before is gone. An equal state adds nothing."""
        if step.state == self.step.state:
            return self
        kept = self.steps[: self.at + 1]
        if step.touch and step.touch == self.step.touch and self.at > 0:
            kept = kept[:-1]
        return bounded((*kept, step))

    def undone(self) -> History:
        """One step back, if there is one."""
        return replace(self, at=max(0, self.at - 1))

    def redone(self) -> History:
        """One step on, if there is one."""
        return replace(self, at=min(len(self.steps) - 1, self.at + 1))

    def state_at(self, revision: int) -> dict[str, Any] | None:
        """The state that a revision wrote, if it is still remembered."""
        return next((step.state for step in reversed(self.steps) if step.revision == revision), None)

    def as_json(self) -> list[dict[str, Any]]:
        """The steps as plain JSON values."""
        return [{"state": step.state, "revision": step.revision, "touch": step.touch} for step in self.steps]


def history_of(steps: Sequence[dict[str, Any]], at: int) -> History:
    """The history that `as_json` gave."""
    return History(tuple(Step(row["state"], row["revision"], row["touch"]) for row in steps), at)


def bounded(steps: tuple[Step, ...]) -> History:
    """The newest steps that fit into the limits, the last of them shown; always at least one."""
    kept = 0
    size = 0
    for step in reversed(steps[-MOST_STEPS:]):
        size += len(json.dumps(step.state))
        if kept and size > MOST_BYTES:
            break
        kept += 1
    return History(steps[-kept:], kept - 1)
