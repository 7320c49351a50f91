"""A pytest plugin that gives each test session its database and broker, before the settings are read.

Loaded by `-p tests.services`. Without DATABASE_URL or REDIS_URL it starts throw-away servers in TEST_DATA_DIR (default
var/test) and stops them when the last session that uses the folder ends. Sessions at the same time, and the workers of
one session, share the servers but no database, no Valkey database and no file.
"""

import fcntl
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest

# Before the import: the package names the settings of `make run` when nobody has named any.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segportal.settings.test")

from segportal import embedded
from tests.template import make_template, template_name

ROOT = Path(__file__).resolve().parent.parent
SLOTS = 8  # sessions at the same time on one folder
WORKERS_OF_A_SLOT = 8


@dataclass
class Session:
    """What the controlling process of one test session holds until its end."""

    data_dir: Path
    database: bool
    broker: bool
    users: IO[str] | None = None
    slot_files: list[IO[str]] = field(default_factory=list)


def test_data_dir() -> Path:
    return Path(os.environ.get("TEST_DATA_DIR", str(ROOT / "var" / "test"))).resolve()


test_data_dir.__test__ = False  # type: ignore[attr-defined]  # its name is not that of a test


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Sets the environment that the settings read; runs in the controller and again in each xdist worker."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _take_slot(early_config)
    _point_to_own_places(_worker_number())


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        start_for_tests(config)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        stop_for_tests(config)


_session_key = pytest.StashKey[Session]()


def start_for_tests(config: pytest.Config) -> None:
    """Afterwards the servers run, or run still for another session."""
    session = config.stash[_session_key]
    if not (session.database or session.broker):
        return
    session.users = (session.data_dir / "users.lock").open("a")
    alone = _is_alone(session.users)
    fcntl.flock(session.users, fcntl.LOCK_SH)
    wanted: dict[str, Any] = {"fast_unsafe": True, "database": session.database, "broker": session.broker}
    try:
        embedded.start(session.data_dir, log=_silent, **wanted)
    except embedded.EmbeddedServiceError:
        # A cluster without fsync does not survive a crash of the machine, and holds nothing worth keeping.
        embedded.stop(session.data_dir)
        shutil.rmtree(session.data_dir / "postgres", ignore_errors=True)
        embedded.start(session.data_dir, log=_silent, **wanted)
    if session.database:
        make_template(session.data_dir, os.environ["TEST_TEMPLATE"], alone=alone)


def _is_alone(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def stop_for_tests(config: pytest.Config) -> None:
    """Afterwards the servers are stopped, unless another session uses them."""
    session = config.stash.get(_session_key, None)
    if session is None:
        return
    if session.users is not None:
        try:
            fcntl.flock(session.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            embedded.stop(session.data_dir)
        except BlockingIOError:
            pass
        session.users.close()
    for file in session.slot_files:
        file.close()


def _take_slot(config: pytest.Config) -> None:
    """Takes the first number that no other session on this folder has, and leaves word for the workers."""
    data_dir = test_data_dir()
    data_dir.mkdir(parents=True, exist_ok=True)
    session = Session(data_dir, database=not os.environ.get("DATABASE_URL"), broker=not os.environ.get("REDIS_URL"))
    config.stash[_session_key] = session
    for slot in range(SLOTS):
        file = (data_dir / f"slot-{slot}.lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        session.slot_files.append(file)
        os.environ["TEST_SLOT"] = str(slot)
        if session.database:
            name = "segportal" + (str(slot) if slot else "")
            os.environ["DATABASE_URL"] = embedded.database_url(data_dir, role="owner", name=name)
            os.environ["TEST_TEMPLATE"] = template_name()
        return
    raise pytest.UsageError(f"{SLOTS} test sessions use {data_dir} already. Set TEST_DATA_DIR to another folder.")


def _point_to_own_places(worker: int) -> None:
    slot = int(os.environ["TEST_SLOT"])
    number = 2 * (slot * WORKERS_OF_A_SLOT + worker % WORKERS_OF_A_SLOT)
    given = os.environ.setdefault("TEST_REDIS_URL", os.environ.get("REDIS_URL", ""))
    if given:  # a server of somebody else's has 16 databases as a rule
        base = given.rpartition("/")[0] if given.count("/") > 2 else given
        os.environ["REDIS_URL"] = f"{base}/{number % 16}"
        os.environ["BROKER_URL"] = f"{base}/{(number + 1) % 16}"
    else:
        os.environ["REDIS_URL"] = embedded.redis_url(test_data_dir()).replace("db=0", f"db={number}")
        broker = embedded.broker_url(test_data_dir()).replace("virtual_host=1", f"virtual_host={number + 1}")
        os.environ["BROKER_URL"] = broker
    os.environ["DATA_DIR"] = str(test_data_dir() / "files" / f"{slot}-{worker}")


def _worker_number() -> int:
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) + 1 if name else 0


def _silent(line: str) -> None:
    pass
