"""`manage.py up` as people use it: the real portal, started, disturbed, killed and started again."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from segportal import embedded
from segportal.embedded import places, postgres, processes, valkey
from segportal.launch.children import end_orphans, mark

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


class Up:
    """One `manage.py up` and what it prints."""

    def __init__(self, folder: Path, port: int, **env: str) -> None:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE")
        }
        self.printed = folder.parent / f"printed-{time.monotonic_ns()}"
        with self.printed.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=inherited | {"DATA_DIR": str(folder), "PORT": str(port), "DEMO": "0"} | env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
            )
        self.url = f"http://127.0.0.1:{port}/livez"

    def text(self) -> str:
        return self.printed.read_text()

    def says(self, words: str, seconds: float = 150) -> None:
        wait_for(lambda: words in self.text() or self.process.poll() is not None, seconds, self.text)
        assert words in self.text(), self.text()

    def ends(self, seconds: float = 60) -> int:
        return self.process.wait(seconds)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as response:  # noqa: S310  (our own address)
                return bool(response.status == 200)
        except OSError:
            return False


def wait_for(condition: Callable[[], object], seconds: float = 60, told: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in time\n{told()}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One data folder for all tests here: the first one creates the tables, the others begin where it left."""
    top = Path(tempfile.mkdtemp(prefix="up-", dir="/tmp"))
    top.chmod(0o755)
    data = top / "var"
    data.mkdir()
    yield data
    end_orphans(data)
    embedded.stop(data)
    shutil.rmtree(top)


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def up(folder: Path, port: int) -> Iterator[Up]:
    started = Up(folder, port)
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()


def children(folder: Path, name: str = "") -> list[int]:
    return processes.pids_by_command(f" {mark(folder)}={name}")


def main_process(folder: Path, name: str) -> int:
    """Of a program and its workers, the one that leads the group."""
    return next(pid for pid in children(folder, name) if os.getpgid(pid) == pid)


def test_up__running__survives_the_death_of_each_part_and_stops_cleanly(folder: Path, port: int, up: Up) -> None:
    up.says("Segportal is ready at")
    assert f"http://127.0.0.1:{port}/" in up.text()
    assert up.answers()
    for label in ("PostgreSQL", "Valkey", "Tables", "Web"):
        assert re.search(rf"^  {label} ", up.text(), re.MULTILINE), up.text()

    second = Up(folder, port)
    assert second.ends() == 1
    assert f"runs on {folder} already (process {up.process.pid}" in second.text()
    assert up.answers()

    for name in ("web", "beat", "worker", "stream"):
        before = main_process(folder, name)
        os.kill(before, signal.SIGKILL)
        up.says(f"{name.capitalize():<15}started again")
        wait_for(lambda name=name, before=before: before not in children(folder, name))
    wait_for(up.answers)

    spots = places.places_of(folder)
    for service, label in ((postgres, "PostgreSQL"), (valkey, "Valkey")):
        pid = service.running(spots)
        assert pid
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda label=label: re.search(rf"  {label} +started in .*it had ended", up.text()), 30, up.text)

    up.process.send_signal(signal.SIGTERM)
    assert up.ends() == 0, up.text()
    assert "Segportal has stopped" in up.text()
    assert children(folder) == []
    assert postgres.running(spots) is None
    assert valkey.running(spots) is None
    assert "!" not in up.text(), up.text()


def test_up__killed__leaves_no_process_twice_and_loses_nothing(folder: Path, port: int, up: Up) -> None:
    up.says("Segportal is ready at")
    with psycopg.connect(embedded.database_url(folder, role="owner")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS id")
    former = set(children(folder))
    assert former
    up.process.kill()
    up.process.wait()

    again = Up(folder, port)
    try:
        again.says("Segportal is ready at")
        assert former & set(children(folder)) == set()
        for name in ("web", "worker", "stream", "beat"):
            leaders = [pid for pid in children(folder, name) if os.getpgid(pid) == pid]
            assert len(leaders) == 1, name
        with psycopg.connect(embedded.database_url(folder, role="app")) as connection:
            assert connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'kept'").fetchone() == (1,)
        again.process.send_signal(signal.SIGINT)  # ignored in what a shell starts in the background, but not by us
        assert again.ends() == 0
    finally:
        if again.process.poll() is None:
            again.process.kill()


def test_up__port_in_use__says_so_and_starts_nothing(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = Up(folder, port)
        assert refused.ends() == 1
    assert f"Port {port} on 127.0.0.1 is in use" in refused.text()
    assert f"PORT={port + 1} make run" in refused.text()
    assert not embedded.is_running(folder, broker=False)
    assert not embedded.is_running(folder, database=False)


def test_up__tables_cannot_be_made__says_why_with_the_log_and_stops_all(folder: Path, port: int) -> None:
    failing = Up(folder, port, DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert failing.ends(120) == 1
    assert "Bringing the tables up to date failed" in failing.text()
    assert str(folder / "log" / "migrate.log") in failing.text()
    assert not embedded.is_running(folder, database=False)
