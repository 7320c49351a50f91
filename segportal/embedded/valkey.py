"""Starting and stopping the embedded Valkey: cache and message broker, kept in an append-only file."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import redis

from segportal.embedded import folders, processes
from segportal.embedded.errors import EmbeddedServiceError
from segportal.embedded.places import Places
from segportal.embedded.programs import valkey_program

START_SECONDS = 60.0
STOP = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0))


def start(places: Places, *, log: Callable[[str], None], fast_unsafe: bool) -> bool:
    """Afterwards Valkey answers on its socket. True if it was started here, False if it was running already."""
    folders.make_private(places.valkey_data)
    folders.make_private(places.valkey_sockets)
    found = running(places)
    if found is not None and places.valkey_socket.exists():
        _wait_ready(places, found)
        log("Valkey is running already")
        return False
    if found is not None:  # nobody can reach it any more: its socket or the data folder was moved
        processes.end(found, STOP)
    folders.remove_sockets(places.valkey_sockets)
    _pid_file(places).unlink(missing_ok=True)
    begun = time.monotonic()
    log_file = places.logs / "valkey.log"
    folders.set_aside(log_file)
    pid = processes.start_detached(
        _command(places, fast_unsafe),
        log_file=log_file,
        cwd=places.valkey_data,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        user=None,
        group=None,
    )
    _wait_ready(places, pid)
    log(f"Valkey started in {time.monotonic() - begun:.1f} s")
    return True


def stop(places: Places) -> None:
    """Afterwards no Valkey runs on this data folder, and all it held is on disk."""
    pid = running(places)
    if pid is not None and not processes.end(pid, STOP):
        raise EmbeddedServiceError(f"Valkey (process {pid}) does not stop. End it by hand, then start again.")


def _command(places: Places, fast_unsafe: bool) -> list[str]:
    settings = {
        "port": "0",
        "unixsocket": str(places.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(places.valkey_data),
        "pidfile": str(_pid_file(places)),
        "appendonly": "no" if fast_unsafe else "yes",
        "save": "",
        "maxmemory-policy": "noeviction",  # a broker must not lose messages to make room
        "daemonize": "no",
        "databases": "128",  # each worker of a test session has two
        "proc-title-template": f"{{title}} {_name(places)}",
    }
    return [str(valkey_program()), *(word for key, value in settings.items() for word in (f"--{key}", value))]


def _name(places: Places) -> str:
    """Tells our server from any other process: the folder's inode stays with it when the folder is renamed."""
    return f"segportal-valkey-{places.valkey_data.stat().st_ino}"


def running(places: Places) -> int | None:
    """The process of the server on this data folder, however it was started."""
    if not places.valkey_data.is_dir():
        return None
    pid = processes.read_pid(_pid_file(places))
    if pid is not None and _name(places) in processes.command_of(pid):
        return pid
    return next(iter(processes.pids_by_command(_name(places))), None)


def _pid_file(places: Places) -> Path:
    return places.valkey_data / "valkey.pid"


def _wait_ready(places: Places, pid: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    client = redis.Redis(unix_socket_path=str(places.valkey_socket), socket_timeout=5, socket_connect_timeout=5)
    try:
        while True:
            try:
                client.ping()
                return
            except (redis.ConnectionError, redis.TimeoutError) as error:  # loading its file is a ConnectionError too
                if processes.is_running(pid) and time.monotonic() < deadline:
                    time.sleep(0.02)
                    continue
                log_file = places.logs / "valkey.log"
                raise EmbeddedServiceError(
                    f"Valkey did not start. The end of {log_file}:\n{processes.last_lines(log_file)}"
                ) from error
    finally:
        client.close()
