"""Keeps processes running: one that dies is started again, one that keeps dying ends the whole."""

import time
from collections import deque
from collections.abc import Callable

from segportal.launch.children import Child
from segportal.launch.terminal import Terminal

RESTARTS = 5
WITHIN_SECONDS = 60.0
LONGEST_PAUSE = 8.0


class GaveUp(RuntimeError):
    """A process died too often; the text names it, its last words and its log."""


class Keeper:
    """The long-running children of one `up`, in the order they were started."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._children: list[Child] = []
        self._deaths: dict[str, deque[float]] = {}
        self._due: dict[str, float] = {}

    def add(self, child: Child) -> None:
        self._children.append(child)
        self._deaths[child.program.name] = deque()

    def look(self) -> None:
        """Starts again what has died and is due. Refuses with GaveUp after five restarts within a minute."""
        for child in self._children:
            name, now = child.program.name, time.monotonic()
            if name in self._due:
                if now >= self._due[name]:
                    del self._due[name]
                    child.begin()
                    self._terminal.item(name.capitalize(), "started again")
            elif child.result() is not None:
                self._note_death(child, now)

    def end(self, hurry: Callable[[], bool]) -> None:
        """Afterwards none of them runs; the last one started is asked first."""
        for child in reversed(self._children):
            child.ask_to_end()
        for child in reversed(self._children):
            child.end(hurry)

    def _note_death(self, child: Child, now: float) -> None:
        name, deaths = child.program.name, self._deaths[child.program.name]
        child.clear_remains()
        deaths.append(now)
        while deaths[0] < now - WITHIN_SECONDS:
            deaths.popleft()
        if len(deaths) > RESTARTS:
            raise GaveUp(
                f"{name.capitalize()} ended {len(deaths)} times within a minute. Its last lines:\n"
                f"{child.last_lines()}\nThe whole log: {child.log_file}"
            )
        pause = min(2.0 ** (len(deaths) - 1) / 2, LONGEST_PAUSE)
        self._due[name] = now + pause
        self._terminal.item(
            name.capitalize(), f"ended ({_reason(child.result())}), starts again in {pause:.1f} s; see {child.log_file}"
        )


def _reason(status: int | None) -> str:
    return f"signal {-status}" if status is not None and status < 0 else f"status {status}"
