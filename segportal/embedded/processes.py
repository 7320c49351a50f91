"""Looking at and ending operating system processes, ours or not, with process numbers that may have been reused."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

PROC = Path("/proc")


def command_of(pid: int) -> str:
    """The command line of a running process, or "" when there is none (a zombie counts as gone)."""
    if PROC.is_dir():
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    # macOS
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()


def _state(pid: int) -> str:
    """The letter of the process's state, or "" when there is none. (Command lines are empty right after exec.)"""
    if PROC.is_dir():
        try:
            return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()[:1]


def pids_by_command(*parts: str) -> list[int]:
    """Running processes of any user whose command line holds all of the parts."""
    if PROC.is_dir():
        pids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    else:
        listed = subprocess.run(["ps", "-ax", "-o", "pid="], capture_output=True, text=True, check=False)
        pids = [int(word) for word in listed.stdout.split()]
    return [pid for pid in pids if pid != os.getpid() and all(part in command_of(pid) for part in parts)]


def read_pid(file: Path) -> int | None:
    """The process number in the first line of a file, if there is one."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def is_running(pid: int) -> bool:
    """Is the process there and not a zombie? Collects it when it is a dead child of ours."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass
    return _state(pid) not in ("", "Z", "X")


def wait_until_gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(pid: int, steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Sends each signal in turn and waits its seconds until the process is gone. False if it survived all of them."""
    for number, seconds in steps:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        if wait_until_gone(pid, seconds):
            return True
    return False


def start_detached(
    command: Sequence[str], *, log_file: Path, cwd: Path, env: dict[str, str], user: int | None, group: int | None
) -> int:
    """Starts a process that outlives us, in a session of its own (no Ctrl-C), and returns its number."""
    with log_file.open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
    process.returncode = 0  # it is meant to live on: without this Python warns when the object is collected
    return process.pid


def last_lines(file: Path, count: int = 8) -> str:
    """The end of a log file, for an error message."""
    try:
        return "\n".join(file.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
