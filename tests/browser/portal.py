"""The running portal of the browser tests: `manage.py up` on a folder of its own, as `make run` starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Portal:
    """A portal in a process of its own."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment of a fresh machine: nothing of the tests' own."""
        own = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "DATABASE_OWNER_URL")
        inherited = {name: value for name, value in os.environ.items() if name not in own}
        own_places = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        return {**inherited, **own_places, **self.extra}

    def start(self, seconds: float = 240) -> None:
        """Start and wait until it is ready, worker and all."""
        with (self.data_dir / "up.out").open("ab") as out:
            begin = out.tell()
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"], cwd=ROOT, env=self.environment(), stdout=out, stderr=out
            )
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            # What a killed `up` left behind may still answer for a moment.
            said = (self.data_dir / "up.out").read_bytes()[begin:]
            if b"Segportal is ready at" in said and self.is_ready():
                return
            time.sleep(0.5)
        raise AssertionError("The portal did not come up:\n" + (self.data_dir / "up.out").read_text()[-4000:])

    def is_ready(self) -> bool:
        """Whether all of it answers: web, database, broker, worker and schedule."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """End it as a power cut would end its first process."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end, and wait; its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def password(self) -> str:
        """The password of the demonstration's people."""
        found = re.search(r"^Password: (\S+)$", (self.data_dir / "sign-in.txt").read_text(), re.MULTILINE)
        assert found is not None
        return found.group(1)

    def manage(self, *arguments: str, given: str | None = None) -> str:
        """Run a management command against this portal; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
