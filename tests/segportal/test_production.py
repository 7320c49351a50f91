"""Production settings pass Django's own checks for deployment, without an exception."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def check_deploy(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    environment = {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "segportal.settings.production",
        "DATABASE_URL": "postgresql://portal@localhost/segportal",
        "DATABASE_OWNER_URL": "postgresql://owner@localhost/segportal",
        "REDIS_URL": "redis://localhost:6379/0",
        "ALLOWED_HOSTS": "segments.example.org",
        "DATA_DIR": str(tmp_path),
        **changes,
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy__production_settings__finds_nothing(tmp_path: Path) -> None:
    done = check_deploy(tmp_path)
    assert done.returncode == 0, done.stderr


def test_check_deploy__one_database_role__is_a_warning(tmp_path: Path) -> None:
    done = check_deploy(tmp_path, DATABASE_OWNER_URL="postgresql://portal@localhost/segportal")
    assert done.returncode == 1
    assert "Audit protection is weaker" in done.stderr
