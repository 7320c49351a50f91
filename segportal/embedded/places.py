"""Where the embedded services keep their data, their sockets and their programs; nothing is created or started here."""

import hashlib
import os
import pwd
import re
from dataclasses import dataclass
from pathlib import Path

SOCKET_PATH_LIMIT = 103  # bytes: macOS allows 103, Linux 107
POSTGRES_PORT = 5432  # only a part of the socket's name
POSTGRES_SOCKET = f".s.PGSQL.{POSTGRES_PORT}"
VALKEY_SOCKET = "valkey.sock"
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]+")


@dataclass(frozen=True)
class Places:
    """All paths that belong to one data folder."""

    data: Path
    postgres_data: Path
    postgres_sockets: Path
    valkey_data: Path
    valkey_sockets: Path
    logs: Path

    @property
    def postgres_socket(self) -> Path:
        return self.postgres_sockets / POSTGRES_SOCKET

    @property
    def valkey_socket(self) -> Path:
        return self.valkey_sockets / VALKEY_SOCKET

    @property
    def lock(self) -> Path:
        return self.data / "embedded.lock"


def places_of(data_dir: Path) -> Places:
    """The places of a data folder: the same answer in every process, whether or not anything runs or exists yet."""
    data = data_dir.expanduser().resolve()
    return Places(
        data=data,
        postgres_data=data / "postgres",
        # The database runs as another user when we are root, and may be unable to enter the data folder.
        postgres_sockets=(short_folder(data) if is_root() else _socket_folder(data)) / "postgres",
        valkey_data=data / "valkey",
        valkey_sockets=_socket_folder(data) / "valkey",
        logs=data / "log",
    )


def is_root() -> bool:
    return os.geteuid() == 0


def short_folder(data: Path) -> Path:
    """A folder with a short name of its own for this data folder and user, for when a socket path would be too long."""
    digest = hashlib.sha256(f"{os.geteuid()}:{data}".encode()).hexdigest()[:12]
    # Not $TMPDIR: every process must find the same folder. Whoever makes it checks whose it is.
    return Path("/tmp") / f"segportal-{digest}"  # noqa: S108


def reachable_by_others(path: Path) -> bool:
    """May a user without any right of ours enter this folder and all folders above it?"""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents) if folder.is_dir())


def service_user() -> pwd.struct_passwd | None:
    """The user that PostgreSQL runs as: `nobody` when we are root, which PostgreSQL refuses; else ourselves (None)."""
    return pwd.getpwnam("nobody") if is_root() else None


def _socket_folder(data: Path) -> Path:
    inside = data / "run"
    longest = inside / "postgres" / f"{POSTGRES_SOCKET}.lock"
    fits = len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT
    # Paths with spaces, commas or the like are legal but would need a different quoting in each URL and setting.
    return inside if fits and PLAIN_PATH.fullmatch(str(inside)) else short_folder(data)
