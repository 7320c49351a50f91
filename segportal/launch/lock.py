"""One `up` for a data folder at a time."""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

STOPPING = "stopping"
STOP_SECONDS = 90.0


class RunsAlready(RuntimeError):
    """Another `up` holds this data folder; the text names it and says what to do."""


class UpLock:
    """Held from start to end; the kernel lets go of it however the process ends."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        data_dir.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = (data_dir / "up.lock").open("a+")

    def take(self, *, address: str) -> None:
        """Refuses at once when another `up` is at work here, but waits for one that is stopping."""
        deadline = time.monotonic() + STOP_SECONDS
        while not self._taken():
            pid, state = self._holder()
            if state != STOPPING or time.monotonic() > deadline:
                self.release()
                raise RunsAlready(
                    f"Segportal runs on {self._data_dir} already (process {pid}, {state}).\n"
                    f"Use that one, stop it with `kill {pid}`, or set DATA_DIR and PORT to start a second one."
                )
            time.sleep(0.1)
        self._write(address)

    def say_stopping(self) -> None:
        self._write(STOPPING)

    def release(self) -> None:
        self._file.close()

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> tuple[str, str]:
        self._file.seek(0)
        pid, _, state = self._file.read().strip().partition(" ")
        return pid or "unknown", state or "starting"

    def _write(self, state: str) -> None:
        self._file.truncate(0)
        self._file.write(f"{os.getpid()} {state}\n")
        self._file.flush()
