"""How the tests of the embedded services run: as root and as an ordinary user, in folders that are cleared away."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis

from segportal import embedded
from segportal.embedded import places, postgres, processes, roles, valkey

__all__ = ["find_spec", "processes", "redis", "roles"]

ROOT = Path(__file__).resolve().parents[2]
NOBODY = pwd.getpwnam("nobody")
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="not run as root: this case is about PostgreSQL refusing root")
user_kinds = pytest.mark.parametrize(
    "user", [pytest.param("root", marks=needs_root), "ordinary"] if IS_ROOT else ["ordinary"]
)


def start(folder: Path, *, fast_unsafe: bool = True) -> embedded.Services:
    return embedded.start(folder, log=lambda line: None, fast_unsafe=fast_unsafe)


def postgres_pid(folder: Path) -> int:
    pid = postgres.running(places.places_of(folder))
    assert pid is not None, "PostgreSQL does not run"
    return pid


def valkey_pid(folder: Path) -> int:
    pid = valkey.running(places.places_of(folder))
    assert pid is not None, "Valkey does not run"
    return pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until_gone(pid, 5)


def one(url: str, query: str) -> object:
    """The single value of a query."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return row[0]


def run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@contextmanager
def folder_for(user: str, *, name: str = "var") -> Iterator[Path]:
    """A data folder that the user may create; servers left in it are stopped."""
    top = Path(tempfile.mkdtemp(prefix="sp-", dir="/tmp"))
    if user == "ordinary" and IS_ROOT:
        os.chown(top, NOBODY.pw_uid, NOBODY.pw_gid)
    else:
        top.chmod(0o755)
    folder = top / name
    try:
        yield folder
    finally:
        run_as(user, lambda: embedded.stop(folder))
        run_as(user, lambda: shutil.rmtree(places.short_folder(folder), ignore_errors=True))
        shutil.rmtree(top)


def run_as(user: str, scenario: Callable[[], object]) -> None:
    """Runs the scenario in a process of its own, as root or as an ordinary user, and fails as it failed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        text = ""
        try:
            if user == "ordinary" and IS_ROOT:
                os.setgroups([])
                os.setgid(NOBODY.pw_gid)
                os.setuid(NOBODY.pw_uid)
            scenario()
        except BaseException:  # noqa: BLE001  (told to the parent)
            text = traceback.format_exc()
        os.write(writing, text.encode()[:60_000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        failure = pipe.read().decode()
    os.waitpid(child, 0)
    assert not failure, failure


@contextmanager
def bystander() -> Iterator[int]:
    """A process that has nothing to do with us and must be left alone."""
    process = subprocess.Popen(["/bin/sleep", "60"])
    try:
        yield process.pid
        assert process.poll() is None, "a process of somebody else was ended"
    finally:
        process.kill()
        process.wait()
