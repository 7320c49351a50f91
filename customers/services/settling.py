"""Gives files of builds their lasting names, once they are complete and safe against a power cut."""

import os
import uuid
from pathlib import Path

from customers.selectors import builds_folder


def fresh_name(kind: str) -> Path:
    """Where to write a new file; what stays under such a name was never finished, and the sweep removes it."""
    folder = builds_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{kind}-{uuid.uuid4().hex}.parquet.tmp"


def settle(path: Path) -> str:
    """Force a complete file to disk and give it its lasting name; returns the name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    final = path.with_suffix("")
    path.rename(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return final.name
