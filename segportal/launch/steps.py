"""The steps before the portal serves: each a management command of its own, with its output in a log file."""

import time
from collections.abc import Callable

from segportal.launch.children import Child
from segportal.launch.terminal import Terminal


class StepFailed(RuntimeError):
    """A step ended with an error; the text holds its last words and its log."""


class Interrupted(BaseException):
    """Somebody asked `up` to stop."""


def finish(child: Child, *, title: str, terminal: Terminal, check: Callable[[], None], shown: bool = False) -> None:
    """Waits for a step, printing its lines when `shown`. Refuses with StepFailed; `check` may raise Interrupted."""
    position = child.log_start
    while (status := child.result()) is None:
        check()
        if shown:
            position = _show(child, position, terminal)
        time.sleep(0.05)
    if shown:
        _show(child, position, terminal)
    if status:
        raise StepFailed(f"{title} failed. The last lines:\n{child.last_lines()}\nThe whole log: {child.log_file}")


def _show(child: Child, position: int, terminal: Terminal) -> int:
    """Prints the complete lines written since `position` and returns the new position."""
    with child.log_file.open("rb") as log:
        log.seek(position)
        fresh = log.read()
    complete = fresh[: fresh.rfind(b"\n") + 1]
    for line in complete.decode(errors="replace").splitlines():
        terminal.detail(line)
    return position + len(complete)
