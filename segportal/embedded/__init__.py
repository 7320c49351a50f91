"""PostgreSQL and Valkey started from installed packages, for when no DATABASE_URL or REDIS_URL is given.

The servers listen on sockets in private folders, never on a port. They outlive a killed parent: the next start finds
and keeps them, so nothing is lost and nothing runs twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from segportal.embedded import folders, places
from segportal.embedded.errors import EmbeddedServiceError

__all__ = [
    "EmbeddedServiceError",
    "Log",
    "Services",
    "broker_url",
    "database_url",
    "is_running",
    "redis_url",
    "start",
    "stop",
]

Log = Callable[[str], None]


@dataclass(frozen=True)
class Services:
    """The addresses of the running servers of one data folder."""

    data_dir: Path
    owner_url: str
    app_url: str
    redis_url: str
    broker_url: str

    def stop(self) -> None:
        stop(self.data_dir)


def database_url(data_dir: Path, *, role: Literal["owner", "app"], name: str = "segportal") -> str:
    """The address of the database, for one of its two roles; nothing need be running."""
    sockets = places.places_of(data_dir).postgres_sockets
    return f"postgresql://segportal_{role}@:{places.POSTGRES_PORT}/{name}?host={sockets}"


def redis_url(data_dir: Path) -> str:
    """The address of the cache, in the form that redis-py and Django's cache take."""
    return f"unix://{places.places_of(data_dir).valkey_socket}?db=0"


def broker_url(data_dir: Path) -> str:
    """The address of the message broker, in the form that Celery takes; apart from the cache, which may be cleared."""
    return f"redis+socket://{places.places_of(data_dir).valkey_socket}?virtual_host=1"


def start(
    data_dir: Path,
    *,
    log: Log = print,
    fast_unsafe: bool = False,
    database: bool = True,
    broker: bool = True,
) -> Services:
    """Afterwards the wanted servers run, with roles and database in place; servers that run already are kept.

    `fast_unsafe` gives up safety against crashes and is for tests only.
    """
    from segportal.embedded import postgres, roles, valkey  # drivers that callers of the URLs alone do not need

    spots = places.places_of(data_dir)
    folders.make_folders(spots)
    with folders.exclusive(spots.lock):
        started_database = database and postgres.start(spots, log=log, fast_unsafe=fast_unsafe)
        try:
            if database:
                roles.prepare(spots)
            if broker:
                valkey.start(spots, log=log, fast_unsafe=fast_unsafe)
        except BaseException:
            if started_database:
                postgres.stop(spots)
            raise
    return Services(
        data_dir=spots.data,
        owner_url=database_url(data_dir, role="owner"),
        app_url=database_url(data_dir, role="app"),
        redis_url=redis_url(data_dir),
        broker_url=broker_url(data_dir),
    )


def is_running(data_dir: Path, *, database: bool = True, broker: bool = True) -> bool:
    """Do the wanted servers run on this data folder?"""
    from segportal.embedded import postgres, valkey

    spots = places.places_of(data_dir)
    return not (database and postgres.running(spots) is None) and not (broker and valkey.running(spots) is None)


def stop(data_dir: Path) -> None:
    """Afterwards neither server runs on this data folder; fine when none did."""
    from segportal.embedded import postgres, valkey

    spots = places.places_of(data_dir)
    if not spots.data.is_dir():
        return
    with folders.exclusive(spots.lock):
        valkey.stop(spots)
        postgres.stop(spots)
        folders.remove_socket_folders(spots)
