"""Keeps uploaded files under names of the portal's own making."""

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.conf import settings

from customers.errors import NoRoom, UploadTooLarge

_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A file that was kept: its name in the folder, its size in bytes and the SHA-256 of its content."""

    name: str
    size: int
    digest: str


def uploads_folder() -> Path:
    """The folder of uploaded files."""
    return Path(settings.MEDIA_ROOT)


def upload_limit() -> int:
    """The largest file in bytes."""
    return int(settings.SEGPORTAL_MAX_UPLOAD_MB) * 1024 * 1024


def too_large() -> UploadTooLarge:
    """The refusal that names the limit."""
    return UploadTooLarge(
        f"The file is larger than {settings.SEGPORTAL_MAX_UPLOAD_MB} MB. Split it, or ask an administrator to raise "
        "the limit.",
        pointer="/file",
    )


def keep_upload(content: IO[bytes]) -> Upload:
    """Copy the content to a new file of the folder.

    Refuses: `UploadTooLarge` as soon as the limit is passed; `NoRoom` when the disk is full. A refused file leaves
    nothing behind.
    """
    path = uploads_folder() / uuid.uuid4().hex
    digest, size, limit = hashlib.sha256(), 0, upload_limit()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            while chunk := content.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise too_large()
                digest.update(chunk)
                file.write(chunk)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise NoRoom("The portal could not store the file; its disk may be full. Nothing was imported.") from error
    except UploadTooLarge:
        path.unlink(missing_ok=True)
        raise
    return Upload(path.name, size, digest.hexdigest())


def drop_upload(name: str) -> None:
    """Remove a kept file; one that is gone already is no fault."""
    if name:
        (uploads_folder() / Path(name).name).unlink(missing_ok=True)
