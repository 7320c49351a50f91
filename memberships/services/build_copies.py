"""Copies of profile builds in the store that several machines share."""

from typing import Any

from common import store
from customers.selectors import build_files
from memberships.models import Run
from memberships.states import OPEN

FOLDER = "builds"


def keep_build(build: Any) -> None:
    """Afterwards other machines can fetch the build, if a shared store was named. Copies that no open run needs go."""
    if not store.is_shared():
        return
    for path in build_files(build):
        store.keep_copy(f"{FOLDER}/{path.name}", path)
    needed = Run.objects.filter(state__in=OPEN, build__isnull=False).select_related("build")
    builds = [build, *(run.build for run in needed if run.build)]
    names = {f"{FOLDER}/{path.name}" for each in builds for path in build_files(each)}
    store.remove(name for name in store.names_in(FOLDER) if name not in names)


def fetch_build(build: Any) -> None:
    """Afterwards the build's files are on this machine; those that were are left alone."""
    if not store.is_shared():
        return
    for path in build_files(build):
        if not path.is_file():
            store.fetch_copy(f"{FOLDER}/{path.name}", path)
