"""Static files: collected again only when one of them has changed."""

import hashlib
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders

STAMP = "static.stamp"


def fingerprint() -> str:
    """Changes when any static file of the portal or of an installed package does (by name, size and time)."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def is_current(data_dir: Path, static_root: Path, now: str) -> bool:
    stamp = data_dir / STAMP
    return static_root.is_dir() and stamp.is_file() and stamp.read_text() == now


def remember(data_dir: Path, now: str) -> None:
    (data_dir / STAMP).write_text(now)
