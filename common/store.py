"""Files that several machines share: an object store by URL, or a folder of this machine."""

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import fsspec
from django.conf import settings


def is_shared() -> bool:
    """Whether a store was named that other machines may reach, too."""
    return bool(settings.SEGPORTAL_STORE)


def put(name: str, content: bytes) -> None:
    """Afterwards the file `name` holds the content. Not atomic: names are given once, and told when complete."""
    system, root = _store()
    path = f"{root}/{name}"
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    system.pipe_file(path, content)


def get(name: str) -> bytes:
    """The content. Raises FileNotFoundError."""
    system, root = _store()
    content: bytes = system.cat_file(f"{root}/{name}")
    return content


def keep_copy(name: str, path: Path) -> None:
    """Afterwards the store has the local file under the name."""
    system, root = _store()
    target = f"{root}/{name}"
    if not system.exists(target):
        system.makedirs(target.rpartition("/")[0], exist_ok=True)
        system.put_file(str(path), f"{target}.part")
        system.mv(f"{target}.part", target)


def fetch_copy(name: str, path: Path) -> None:
    """Afterwards the local file is there, whole. Raises FileNotFoundError."""
    system, root = _store()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    system.get_file(f"{root}/{name}", str(part))
    part.rename(path)


def names_in(folder: str) -> list[str]:
    """The names of the files in a folder of the store."""
    system, root = _store()
    inside = f"{root}/{folder}"
    if not system.exists(inside):
        return []
    return sorted(f"{folder}/{str(path).rpartition('/')[2]}" for path in system.ls(inside, detail=False))


def remove(names: Iterable[str]) -> None:
    """Afterwards the files are gone; those that were gone already do no harm."""
    system, root = _store()
    for name in names:
        try:
            system.rm_file(f"{root}/{name}")
        except FileNotFoundError:
            continue


def _store() -> tuple[Any, str]:
    url = settings.SEGPORTAL_STORE or str(Path(settings.MEDIA_ROOT).parent / "store")
    system, root = fsspec.core.url_to_fs(url)
    return system, root.rstrip("/")
