"""Creating the folders of the embedded services with owners and modes that keep other users of the machine out."""

import fcntl
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from segportal.embedded.errors import EmbeddedServiceError
from segportal.embedded.places import Places, is_root, short_folder

LOG_LIMIT = 10_000_000  # bytes; a larger log is put aside as <name>.1 at the next start


def make_folders(places: Places) -> None:
    """Afterwards the data folder and the folder around the sockets exist and belong to us."""
    places.data.mkdir(parents=True, exist_ok=True)
    places.logs.mkdir(exist_ok=True)
    if short_folder(places.data) in (places.postgres_sockets.parent, places.valkey_sockets.parent):
        # As root, the database's own user has to pass through; what lies inside is closed one level deeper.
        make_private(short_folder(places.data), mode=0o711 if is_root() else 0o700)
    (places.data / "run").mkdir(mode=0o700, exist_ok=True)


def make_private(folder: Path, *, owner: pwd.struct_passwd | None = None, mode: int = 0o700) -> None:
    """Afterwards the folder exists, with this mode and owner. Refuses a link, and a folder of somebody else."""
    if not folder.parent.is_dir():
        make_private(folder.parent)
    if not os.path.lexists(folder):
        folder.mkdir(mode)
    found = os.lstat(folder)
    allowed = {os.geteuid()} | ({owner.pw_uid} if owner else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed:
        raise EmbeddedServiceError(
            f"{folder} belongs to another user, so it is not safe to use. "
            "Start Segportal as that user, or set DATA_DIR to another folder."
        )
    if owner and found.st_uid != owner.pw_uid:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    if stat.S_IMODE(found.st_mode) != mode:
        folder.chmod(mode)


def remove_sockets(folder: Path) -> None:
    """Clears what a killed server left: a reused process number in a lock file would keep the next one out."""
    for left in folder.iterdir():
        left.unlink()


def remove_socket_folders(places: Places) -> None:
    """Leaves nothing behind outside the data folder; what is not empty is somebody's and stays."""
    for folder in (places.postgres_sockets, places.valkey_sockets, short_folder(places.data)):
        with suppress(OSError):
            folder.rmdir()


def hand_over(tree: Path, owner: pwd.struct_passwd) -> None:
    """Gives a whole tree to the database's user, unless it has it already (a data folder may have come from a user)."""
    if tree.stat().st_uid == owner.pw_uid:
        return
    for folder, _, files in os.walk(tree):
        for name in files:
            os.chown(Path(folder) / name, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    for folder, _, _ in os.walk(tree, topdown=False):  # the top comes last: an interrupted run is done again
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def set_aside(log: Path) -> None:
    """Keeps a log file from growing without end: the former one is kept once."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name(log.name + ".1"))


def remove_tree(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the services of a data folder."""
    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
