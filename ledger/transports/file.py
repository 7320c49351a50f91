"""Heads into a file, one line each: on another disk, or a share that others keep."""

import os
from pathlib import Path

from django.conf import settings

from ledger.errors import NotDelivered


def append_to_file(line: str) -> None:
    """Afterwards the line stands at the end of the file, on its disk; one that stands there is not repeated."""
    path = Path(settings.SEGPORTAL_HEADS_FILE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and line in path.read_text().splitlines()[-20:]:
            return
        with path.open("a") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise NotDelivered(f"The file could not be written: {error.strerror or error}.") from error
