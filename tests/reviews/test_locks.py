"""Locks of different things have different numbers: else two decisions that never meet could wait for each other."""

import re
from pathlib import Path

from django.conf import settings


def test_advisory_locks__of_all_apps__have_numbers_of_their_own() -> None:
    found: dict[str, list[str]] = {}
    for path in Path(settings.BASE_DIR).glob("*/services/*.py"), Path(settings.BASE_DIR).glob("*/subjects/*.py"):
        for module in path:
            for number in re.findall(r"^_[A-Z]+ = (7_208_\d+)$", module.read_text(), re.MULTILINE):
                found.setdefault(number, []).append(str(module))
    assert len(found) > 3 and all(len(modules) == 1 for modules in found.values()), found
