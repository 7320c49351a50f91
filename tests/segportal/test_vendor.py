"""The vendored files are those that their manifests name, byte for byte."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "static" / "vendor", ROOT / "tests" / "vendor"]
BESIDE = {"MANIFEST.json", "LICENCES.txt"}


@pytest.mark.parametrize("folder", FOLDERS, ids=["static", "tests"])
def test_vendored_files__as_committed__have_the_hashes_of_the_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    digests = {item["file"]: hashlib.sha384((folder / item["file"]).read_bytes()).digest() for item in manifest}
    found = {name: f"sha384-{base64.b64encode(digest).decode()}" for name, digest in digests.items()}
    assert found == {item["file"]: item["sha384"] for item in manifest}


@pytest.mark.parametrize("folder", FOLDERS, ids=["static", "tests"])
def test_vendored_files__in_the_folder__are_all_in_the_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    assert {path.name for path in folder.iterdir()} - BESIDE == {item["file"] for item in manifest}


def test_vendored_files__that_pages_use__name_their_version_and_bring_their_licence() -> None:
    manifest = json.loads((FOLDERS[0] / "MANIFEST.json").read_text())
    licences = (FOLDERS[0] / "LICENCES.txt").read_text()
    for item in manifest:
        assert item["version"] in item["file"]
        assert item["licence"] in {"MIT", "OFL-1.1"}
        assert f"==== {item['name']} {item['version']} ====" in licences


def test_icons__named_in_templates_and_code__are_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', next(FOLDERS[0].glob("icons-*.svg")).read_text()))
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'(?:{% icon |icon=)"([a-z0-9-]+)"', path.read_text())
    }
    assert used
    assert used - sprite == set()


def test_icons__of_the_navigation_and_the_states__are_in_the_sprite() -> None:
    from common.looks.tones import BY_NAME, TONES
    from segportal.navigation import ENTRIES

    sprite = set(re.findall(r'<symbol id="([^"]+)"', next(FOLDERS[0].glob("icons-*.svg")).read_text()))
    wanted = {tone.icon for tone in (*TONES.values(), *BY_NAME.values())} | {entry[2] for entry in ENTRIES}
    assert wanted - sprite == set()
