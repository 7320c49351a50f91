"""A database with all tables and nothing else, made once for each state of the migrations; test databases copy it."""

import fcntl
import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from segportal import embedded

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "tables_"


def template_name() -> str:
    """Of the migrations as they are on disk now, and of the packages that bring migrations of their own."""
    digest = hashlib.sha256(version("django").encode())
    digest.update((ROOT / "requirements-dev.txt").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return PREFIX + digest.hexdigest()[:16]


def make_template(data_dir: Path, name: str, *, alone: bool) -> None:
    """Afterwards the template exists; when nobody else uses the servers, templates of other migrations are gone."""
    with (data_dir / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(embedded.database_url(data_dir, role="owner"), autocommit=True) as connection:
            found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
            names = {row[0] for row in found}
            if alone:
                for old in names - {name}:
                    connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(old)))
            if name in names:
                return
            unfinished = f"unfinished_{name}"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(unfinished)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
            _migrate(embedded.database_url(data_dir, role="owner", name=unfinished))
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
            )


def _migrate(url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "segportal.settings.test"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=900,
    )
