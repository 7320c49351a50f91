"""The lake: the one folder or object store outside of the portal that batches are written to and read from."""

import json
import re
from pathlib import Path
from typing import IO, Any

import fsspec
from django.conf import settings
from fsspec.implementations.local import LocalFileSystem

from customers.errors import LakeRefused

# A name is made of plain parts: nothing that climbs, matches several files, or means something to a protocol.
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=+-]{0,199}\Z")
MANIFEST = "_manifest.json"


class Lake:
    """Files by name below one address (SEGPORTAL_LAKE_URL, any that fsspec knows). Nothing outside can be reached."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._system, root = fsspec.core.url_to_fs(url)
        self._root = str(root).rstrip("/")

    def name_of(self, url: str) -> str:
        """The name of the file at this address. Raises LakeRefused for every address that is not below the lake's."""
        begin = f"{self._url}/"
        name = url.removeprefix(begin)
        if not url.startswith(begin) or not all(_PART.match(part) for part in name.split("/")):
            raise LakeRefused(f"Only files of the lake can be read: addresses that begin with {begin}", pointer="/file")
        return name

    def open(self, name: str) -> IO[bytes]:
        """The content of a file. Raises LakeRefused when there is none."""
        path = self._path(name)
        try:
            if not self._system.isfile(path):
                raise LakeRefused(f"There is no file {name} in the lake.", pointer="/file")
            found: IO[bytes] = self._system.open(path, "rb")
        except OSError as error:
            raise LakeRefused(f"The lake does not give {name}: {error}.", pointer="/file") from error
        return found

    def put_file(self, name: str, path: Path) -> None:
        """Afterwards the lake has a copy of the local file."""
        target = self._path(name)
        self._system.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._system.put_file(str(path), target)

    def close_batch(self, folder: str, manifest: dict[str, Any]) -> None:
        """Write the manifest of a folder: by it readers know that all files are there. Written last."""
        target = self._path(f"{folder}/{MANIFEST}")
        self._system.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._system.pipe_file(target, json.dumps(manifest, indent=1).encode())

    def is_complete(self, folder: str) -> bool:
        """Whether the folder has its manifest."""
        return bool(self._system.exists(self._path(f"{folder}/{MANIFEST}")))

    def _path(self, name: str) -> str:
        if not all(_PART.match(part) for part in name.split("/")):
            raise LakeRefused(f"“{name[:80]}” is no name in the lake.", pointer="/file")
        path = f"{self._root}/{name}"
        # A link within the folder must not lead out of it.
        if isinstance(self._system, LocalFileSystem) and not _within(path, self._root):
            raise LakeRefused(f"“{name[:80]}” leads out of the lake.", pointer="/file")
        return path


def _within(path: str, root: str) -> bool:
    return Path(path).resolve().is_relative_to(Path(root).resolve())


def the_lake() -> Lake:
    """The lake of this portal. Raises LakeRefused when none is set."""
    if not settings.SEGPORTAL_LAKE_URL:
        raise LakeRefused("No lake is set. Name one by SEGPORTAL_LAKE_URL; docs/operations.md says how.")
    return Lake(settings.SEGPORTAL_LAKE_URL)
