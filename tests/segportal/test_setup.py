"""What `make` does before there is a virtual environment, and what the lock files promise."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "dirname", "rm", "grep", "id")


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A copy of the set-up scripts and a PATH with nothing but the simplest tools."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("node_modules"))
    for name in ROOT.glob("requirements*.txt"):
        shutil.copy(name, tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def set_up(machine: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "scripts/setup.sh", "runtime"],
        cwd=machine,
        env={"PATH": str(machine / "bin"), **env},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def python_that(machine: Path, refuses: str) -> None:
    """Puts a python3 on the PATH that fails when its arguments match the shell pattern."""
    program = machine / "bin" / "python3"
    program.write_text(f'#!/bin/sh\ncase "$*" in {refuses}) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)


def test_setup__no_python__says_what_to_install(bare_machine: Path) -> None:
    done = set_up(bare_machine)
    assert done.returncode == 1
    assert "needs Python 3.11, 3.12, 3.13 or 3.14, and none was found" in done.stderr
    assert "apt-get install python3" in done.stderr


def test_setup__python_too_old__is_not_taken(bare_machine: Path) -> None:
    python_that(bare_machine, '*"version_info"*')
    done = set_up(bare_machine)
    assert done.returncode == 1
    assert "none was found" in done.stderr


def test_setup__python_without_ensurepip_and_pip__says_what_to_install(bare_machine: Path) -> None:
    python_that(bare_machine, '*"-m venv .venv"*|*"-m pip"*')
    done = set_up(bare_machine)
    assert done.returncode == 1
    assert "cannot make a virtual environment" in done.stderr
    assert "python3-venv" in done.stderr
    assert not (bare_machine / ".venv").exists(), "half an environment was left behind"


def test_setup__all_installed__asks_no_registry(bare_machine: Path) -> None:
    for name in bare_machine.glob("requirements*.txt"):
        name.write_text("")
    python_that(bare_machine, '*"-m pip install"*')
    first = set_up(bare_machine)
    assert first.returncode == 0, first.stderr
    again = set_up(bare_machine, PIP_INDEX_URL="http://127.0.0.1:9/")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_setup__lock_changed__installs_again(bare_machine: Path) -> None:
    for name in bare_machine.glob("requirements*.txt"):
        name.write_text("")
    (bare_machine / "bin" / "python3").symlink_to(sys.executable)
    assert set_up(bare_machine).returncode == 0
    (bare_machine / "requirements.txt").write_text("no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    done = set_up(bare_machine, PIP_INDEX_URL="http://127.0.0.1:9/", PIP_NO_INDEX="1", PIP_RETRIES="0")
    assert done.returncode == 1
    assert "The packages could not be installed" in done.stderr
    assert not (bare_machine / ".venv" / "installed").exists()


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_development_lock__holds_every_pin_of_the_runtime_lock() -> None:
    development = pins("requirements-dev.txt")
    assert {
        name: versions for name, versions in pins("requirements.txt").items() if development.get(name) != versions
    } == {}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt", "requirements-demo.txt"])
def test_lock__every_pin__has_a_hash_and_no_registry_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "index-url" not in text
    assert "find-links" not in text
    blocks = re.split(r"(?m)^(?=[a-z0-9._-]+==)", text)[1:]
    assert blocks
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("script", [".ci/run", "scripts/setup.sh", "scripts/check.sh", "scripts/chromium.sh"])
def test_script__is_executable(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
