"""Processes that belong to one `up`: they end with it, also when it is killed, and can be told from all others."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from segportal.embedded import folders, processes

PR_SET_PDEATHSIG = 1
Steps = Sequence[tuple[signal.Signals, float]]
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """What to run: a Python module or file with its arguments, and how it is asked to end."""

    name: str
    arguments: tuple[str, ...]
    stop: Steps = ((signal.SIGTERM, 10.0),)


class Child:
    """One running process with its log file."""

    def __init__(self, program: Program, *, data_dir: Path, base_dir: Path) -> None:
        self.program = program
        self.log_file = data_dir / "log" / f"{program.name}.log"
        self._data_dir = data_dir
        self._base_dir = base_dir
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        folders.set_aside(self.log_file)
        self.begin()

    def begin(self) -> None:
        self._asked = False
        with self.log_file.open("ab") as log:
            self.log_start = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-X", f"{mark(self._data_dir)}={self.program.name}", *self.program.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._base_dir,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
                start_new_session=True,  # Ctrl-C is for `up`, which stops its children in order
                preexec_fn=_end_with_parent(os.getpid()) if _libc else None,
            )

    def result(self) -> int | None:
        """The exit status, negative for a signal, or None while it runs."""
        return self._process.poll()

    def ask_to_end(self) -> None:
        """Sends the first of the signals, so that several can end at the same time."""
        self._process.send_signal(self.program.stop[0][0])
        self._asked = True

    def end(self, hurry: Callable[[], bool]) -> None:
        """Afterwards neither the process nor any of its own children run."""
        for number, seconds in self.program.stop:
            if self.result() is None and not hurry():
                if not self._asked:
                    self._process.send_signal(number)
                self._asked = False
                deadline = time.monotonic() + seconds
                while self.result() is None and time.monotonic() < deadline and not hurry():
                    time.sleep(0.02)
        self.clear_remains()
        self._process.wait()

    def clear_remains(self) -> None:
        """Ends what is left of its group: a killed web master leaves workers that hold the port."""
        with suppress(ProcessLookupError, PermissionError):  # macOS answers the latter for a group of zombies
            os.killpg(self._process.pid, signal.SIGKILL)

    def last_lines(self) -> str:
        return processes.last_lines(self.log_file)


def mark(data_dir: Path) -> str:
    """A word in the command line of all children of this data folder, as an option that Python ignores."""
    return f"segportal-{data_dir.stat().st_ino}"


def end_orphans(data_dir: Path) -> int:
    """Afterwards no child of a former `up` on this data folder runs. Returns how many had to be ended."""
    orphans = processes.pids_by_command(f" {mark(data_dir)}=")
    for pid in orphans:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    for pid in orphans:
        processes.wait_until_gone(pid, 5.0)
    # The children of an orphan may be newer than the list.
    for pid in processes.pids_by_command(f" {mark(data_dir)}="):
        processes.end(pid, ((signal.SIGKILL, 5.0),))
    return len(orphans)


def _end_with_parent(parent: int) -> Callable[[], None]:
    def in_child() -> None:
        end_with_parent()
        if os.getppid() != parent:  # it was killed before the line above
            os._exit(1)

    return in_child


def end_with_parent() -> None:
    """Has the kernel send us SIGTERM when the process that started us is gone."""
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
