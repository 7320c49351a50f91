"""Writes docs/events.md anew from the events that the apps declare: `python scripts/events.py`."""

import dataclasses
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segportal.settings.local")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from common.events import Event  # noqa: E402
from ledger.sentences import all_kinds, sentences  # noqa: E402

HEAD = """# Facts

Every fact that the ledger records. The names are stable; fields are added, never changed. Made by `scripts/events.py`.

| fact | about | reads | fields | consumed by |
| --- | --- | --- | --- | --- |
"""


def main() -> None:
    """Write the table, sorted by name."""
    sentences()
    routes = import_string(settings.EVENT_ROUTES)
    rows = []
    for kind in sorted(all_kinds(Event), key=lambda kind: kind.name):
        fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(kind))
        consumers = ", ".join(f"`{task}`" for task in routes.get(kind.name, ())) or "-"
        rows.append(f"| `{kind.name}` | {kind.object_type} | {kind.sentence} | {fields} | {consumers} |")
    (ROOT / "docs" / "events.md").write_text(HEAD + "\n".join(rows) + "\n")


main()
