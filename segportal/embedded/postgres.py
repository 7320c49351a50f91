"""Starting and stopping the embedded PostgreSQL server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from segportal.embedded import folders, processes
from segportal.embedded.errors import EmbeddedServiceError
from segportal.embedded.places import POSTGRES_PORT, Places, reachable_by_others, service_user
from segportal.embedded.programs import postgres_programs

SUPERUSER = "segportal_super"
START_SECONDS = 900.0  # recovery after a crash may take minutes
ORPHAN_SECONDS = 15.0
STOP = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 20.0), (signal.SIGKILL, 5.0))
WORKING_FOLDER = "/proc/self/cwd"
SETTINGS = {
    # Containers often have 64 MB of shared memory, too little for parallel queries; ours are short.
    "max_parallel_workers_per_gather": "0",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
UNSAFE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def start(places: Places, *, log: Callable[[str], None], fast_unsafe: bool) -> bool:
    """Afterwards PostgreSQL answers on its socket. True if it was started here, False if it was running already."""
    folders.make_private(places.postgres_sockets, owner=service_user())
    if _adopt(places):
        log("PostgreSQL is running already")
        return False
    begun = time.monotonic()
    programs = postgres_programs(places)
    if not places.postgres_data.exists():
        _create(places, programs, fast_unsafe=fast_unsafe)
        log(f"PostgreSQL database created in {time.monotonic() - begun:.1f} s")
        begun = time.monotonic()
    _require_ours(places.postgres_data)
    _require_same_major(places, programs)
    _clear_remains(places)
    pid = _launch(places, programs, fast_unsafe=fast_unsafe)
    _wait_ready(places, pid, log)
    log(f"PostgreSQL started in {time.monotonic() - begun:.1f} s")
    return True


def stop(places: Places) -> None:
    """Afterwards no PostgreSQL runs on this data folder; open transactions are rolled back."""
    pid = running(places)
    if pid is not None and not processes.end(pid, STOP):
        raise EmbeddedServiceError(f"PostgreSQL (process {pid}) does not stop. End it by hand, then start again.")


def _adopt(places: Places) -> bool:
    """Keeps a server that runs on this data folder and can be reached; waits for one that is stopping."""
    pid = running(places)
    if pid is None:
        return False
    if places.postgres_socket.exists() and _status(places) != "stopping":
        _wait_ready(places, pid, lambda _: None)
        return True
    stop(places)
    return False


def _create(places: Places, programs: Path, *, fast_unsafe: bool) -> None:
    """Creates the cluster beside its place and moves it there when complete: half of one is never taken for whole."""
    unfinished = places.postgres_data.with_name("postgres.new")
    folders.remove_tree(unfinished)
    folders.make_private(unfinished, owner=service_user())
    # The built-in provider knows UTF-8 without any locale of the machine.
    words = f"--username={SUPERUSER} --auth-local=trust --auth-host=reject --encoding=UTF8 --no-instructions"
    words += " --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C --text-search-config=english"
    command = [str(programs / "initdb"), "-D", _data_argument(unfinished), *words.split()]
    command += ["--no-sync"] if fast_unsafe else []
    user = service_user()
    try:
        made = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=unfinished,
            env=_environment(),
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
    except OSError as error:
        raise EmbeddedServiceError(_cannot_run(error)) from error
    if made.returncode:
        raise EmbeddedServiceError(f"PostgreSQL could not create its database:\n{(made.stderr or made.stdout).strip()}")
    unfinished.rename(places.postgres_data)


def _require_ours(data: Path) -> None:
    if service_user() is None and data.stat().st_uid != os.geteuid():
        raise EmbeddedServiceError(
            f"{data} belongs to another user (number {data.stat().st_uid}). Start Segportal as the user who made it "
            "(root's database belongs to `nobody`), or set DATA_DIR to another folder."
        )


def _require_same_major(places: Places, programs: Path) -> None:
    found = (places.postgres_data / "PG_VERSION").read_text().strip()
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    major = answer.stdout.split()[-1].split(".")[0]
    if found != major:
        raise EmbeddedServiceError(
            f"{places.postgres_data} was written by PostgreSQL {found}, and this is PostgreSQL {major}. "
            "Restore a dump into a new DATA_DIR, or install the version of Segportal that wrote it."
        )


def _clear_remains(places: Places) -> None:
    """Clears what a killed server left. Only called when no server runs on this data folder."""
    for pid in processes.pids_by_command("postgres: ", f" {_name(places.postgres_data)}: "):
        # Backends of a killed server end by themselves only when their query does.
        processes.end(pid, ((signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)))
    # A process number in here may belong to anybody by now, and PostgreSQL would take that for a running server.
    (places.postgres_data / "postmaster.pid").unlink(missing_ok=True)
    folders.remove_sockets(places.postgres_sockets)


def _launch(places: Places, programs: Path, *, fast_unsafe: bool) -> int:
    user = service_user()
    if user:
        folders.hand_over(places.postgres_data, user)
    settings = SETTINGS | {
        "listen_addresses": "",
        "port": str(POSTGRES_PORT),
        "unix_socket_directories": str(places.postgres_sockets),
        "unix_socket_permissions": "0700",
        "cluster_name": _name(places.postgres_data),
    }
    settings |= UNSAFE_SETTINGS if fast_unsafe else {}
    log_file = places.logs / "postgres.log"
    folders.set_aside(log_file)
    try:
        return processes.start_detached(
            [str(programs / "postgres"), "-D", _data_argument(places.postgres_data)]
            + [word for key, value in settings.items() for word in ("-c", f"{key}={value}")],
            log_file=log_file,
            cwd=places.postgres_data,
            env=_environment(),
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
        )
    except OSError as error:
        raise EmbeddedServiceError(_cannot_run(error)) from error


def _wait_ready(places: Places, pid: int, log: Callable[[str], None]) -> None:
    begun = time.monotonic()
    told = 0
    while _status(places) != "ready" or not places.postgres_socket.exists():
        if not processes.is_running(pid):
            log_file = places.logs / "postgres.log"
            raise EmbeddedServiceError(
                f"PostgreSQL did not start. The end of {log_file}:\n{processes.last_lines(log_file)}"
            )
        waited = time.monotonic() - begun
        if waited > START_SECONDS:
            raise EmbeddedServiceError(f"PostgreSQL is not ready after {waited:.0f} s. See {places.logs}/postgres.log.")
        if waited > 10 * (told + 1):
            told += 1
            log(f"PostgreSQL is still recovering after {waited:.0f} s")
        time.sleep(0.02)


def _name(data: Path) -> str:
    """Tells our server from any other process: the folder's inode stays with it when the folder is renamed."""
    return f"segportal-{data.stat().st_ino}"


def running(places: Places) -> int | None:
    """The main process of the server on this data folder, however it was started."""
    if not places.postgres_data.is_dir():
        return None
    pid = processes.read_pid(places.postgres_data / "postmaster.pid")
    if pid is not None and f"cluster_name={_name(places.postgres_data)}" in processes.command_of(pid).split():
        return pid
    return None


def _status(places: Places) -> str:
    try:
        lines = (places.postgres_data / "postmaster.pid").read_text().split("\n")
    except OSError:
        return ""
    return lines[7].strip() if len(lines) > 7 else ""


def _data_argument(data: Path) -> str:
    """How the server is told its data folder, which is always its working folder as well.

    On Linux by a name that leads there without a walk: root may keep data where the database's user cannot go (it is
    placed in the folder before it gives up root's rights), and the folder may be renamed under a running server.
    """
    if sys.platform == "linux":
        return WORKING_FOLDER
    if service_user() and not reachable_by_others(data.parent):
        raise EmbeddedServiceError(
            f"The user `nobody`, which runs PostgreSQL for root, cannot enter {data.parent}. "
            "Start Segportal as an ordinary user, or set DATA_DIR to a folder that is open to all."
        )
    return str(data)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: PGDATA, PGPORT or a locale that this machine lacks would break the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _cannot_run(error: OSError) -> str:
    return (
        f"PostgreSQL could not be run ({error}). As root it is run as the user `nobody`, which this machine may "
        "forbid: start Segportal as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )
